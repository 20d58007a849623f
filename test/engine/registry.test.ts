import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRegistry } from "../../clients/registry";
import { parseImage } from "../../contract";
import { TestRegistry } from "../../embedded";
import { embedded } from "./embedded";
import { apply, kubectl } from "./kubectl";

/** The client's other half is test/unit/registry.test.ts. */
describe("a real registry", () => {
  const [tag, other] = ["a", "b"].map((digit) => digit.repeat(40)) as [string, string];
  const auth = Buffer.from(Object.values(TestRegistry.login).join(":")).toString("base64");
  const wrong = Buffer.from("octocat:wrong").toString("base64");
  let folder: string;

  before(() => (folder = mkdtempSync(join(tmpdir(), "preview-stack-docker-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** Asks with this entry of docker's file, or anonymously. */
  function digestOf(host: string, name: string, entry?: object, of = tag): Promise<string | undefined> {
    writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: entry === undefined ? {} : { [host]: entry } }));
    const registry = openRegistry({ env: { DOCKER_CONFIG: folder }, report: () => undefined, second: 1 });
    return registry.digestOf(parseImage(`${host}/${name}:${of}`)!);
  }

  describe("with Basic authentication", () => {
    const namespace = "test-registry";
    let registry: TestRegistry;
    let digest: string;

    before(async () => {
      registry = await TestRegistry.start({ auth: "basic" });
      digest = await registry.push(embedded().images.postgres, "myorg/db", tag);
    });
    after(async () => {
      await kubectl("delete", "namespace", namespace, "--ignore-not-found");
      await registry.stop();
    });

    it("says which digest each tag has", async () => {
      const next = await registry.push(embedded().images.postgres, "myorg/db", other);
      assert.notEqual(next, digest);
      assert.equal(await digestOf(registry.host, "myorg/db", { auth }), digest);
      assert.equal(await digestOf(registry.host, "myorg/db", { auth }, other), next);
    });

    it("says so of an image that it doesn't have, and of a repository", async () => {
      assert.equal(await digestOf(registry.host, "myorg/db", { auth }, "c".repeat(40)), undefined);
      assert.equal(await digestOf(registry.host, "myorg/none", { auth }), undefined);
    });

    it("refuses a wrong login, and none", async () => {
      const words = /answers 401: the login octocat \(auths in /;
      await assert.rejects(digestOf(registry.host, "myorg/db", { auth: wrong }), words);
      await assert.rejects(digestOf(registry.host, "myorg/db"), /answers 401: it was asked without a login/);
    });

    it("gives the node an image by tag and digest, with a pull secret", async () => {
      const image = `${registry.host}/myorg/db:${tag}@${digest}`;
      const config = Buffer.from(JSON.stringify({ auths: { [registry.host]: { auth } } })).toString("base64");
      const type = "kubernetes.io/dockerconfigjson";
      await apply([
        { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
        {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "pull", namespace },
          type,
          data: { [`.${type.split("/")[1]}`]: config },
        },
        {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "pulls", namespace },
          spec: {
            containers: [{ name: "main", image, command: ["true"] }],
            imagePullSecrets: [{ name: "pull" }],
            automountServiceAccountToken: false,
            restartPolicy: "Never",
          },
        },
      ]);
      const phase = "--for=jsonpath={.status.phase}=Succeeded";
      await kubectl("wait", "--namespace", namespace, "pod/pulls", phase, "--timeout=30s");
      const id = "--output=jsonpath={.status.containerStatuses[0].imageID}";
      assert.equal(
        await kubectl("get", "--namespace", namespace, "pod/pulls", id),
        `${registry.host}/myorg/db@${digest}`,
      );
    });
  });

  describe("with tokens", () => {
    let registry: TestRegistry;
    let digest: string;

    before(async () => {
      registry = await TestRegistry.start({ auth: "token" });
      digest = await registry.push(embedded().images.postgres, "myorg/db", tag);
      assert.equal(await registry.push(embedded().images.postgres, "public/db", tag), digest);
    });
    after(() => registry.stop());

    it("answers a login", async () => {
      assert.equal(await digestOf(registry.host, "myorg/db", { auth }), digest);
    });

    it("answers everybody about a public image", async () => {
      assert.equal(await digestOf(registry.host, "public/db"), digest);
    });

    it("refuses a wrong login, and none about a private image", async () => {
      await assert.rejects(digestOf(registry.host, "public/db", { auth: wrong }), /answers 401: the login octocat/);
      await assert.rejects(digestOf(registry.host, "myorg/db"), /answers 401: it was asked without a login/);
    });
  });

  it("that is down is named", async () => {
    const registry = await TestRegistry.start();
    await registry.stop();
    await assert.rejects(
      digestOf(registry.host, "myorg/db"),
      /the registry 127\S+, asked for .* can't be reached \(.*ECONNREFUSED/,
    );
  });
});
