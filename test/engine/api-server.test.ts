import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Get, withApiProxy } from "../../clients/kubernetes/proxy";

/** As the deployer, who may see namespaces, but nothing inside those that aren't a preview's. */
describe("reading from the API server with one login", () => {
  const read = <Result>(paths: string, action: (get: Get) => Promise<Result>) =>
    withApiProxy("preview-deployer", paths, action);
  const { TMPDIR: before } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "preview-test-api-"));
  const left = () => readdirSync(folder);

  beforeEach(() => {
    process.env.TMPDIR = folder;
  });
  afterEach(() => {
    process.env.TMPDIR = before ?? "";
  });
  after(() => rmSync(folder, { recursive: true }));

  it("answers many requests and leaves nothing behind", async () => {
    const names = await read("^/api/v1/namespaces/[a-z-]+$", async (get) => {
      const answers = await Promise.all(
        Array.from(
          { length: 40 },
          () => get("/api/v1/namespaces/kube-system") as Promise<{ metadata: { name: string } }>,
        ),
      );
      return new Set(answers.map(({ metadata }) => metadata.name));
    });
    assert.deepEqual([...names], ["kube-system"]);
    assert.deepEqual(left(), []);
  });

  it("reports what the cluster refuses, and to whom", async () => {
    await assert.rejects(
      read("^/api/v1/namespaces/[a-z-]+/pods$", (get) => get("/api/v1/namespaces/kube-system/pods")),
      /the cluster answers 403: pods is forbidden: User "preview-deployer" cannot list/,
    );
  });

  it("reaches only the path that it was opened for", async () => {
    await assert.rejects(
      read("^/api/v1/namespaces/[a-z-]+/pods$", (get) => get("/api/v1/namespaces/kube-system")),
      /the cluster answers 403: Forbidden/,
    );
  });

  it("names a context that doesn't exist", async () => {
    await assert.rejects(
      withApiProxy("nobody", "^/$", (get) => get("/")),
      /kubectl proxy: .*context "nobody" does not exist/,
    );
    assert.deepEqual(left(), []);
  });
});
