import assert from "node:assert/strict";
import { execa } from "execa";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Receipt } from "../../contract";
import { GitHubStandIn, shaOf } from "../code-host";
import { ask, eventually } from "../engine/http";
import { Preview, testProject } from "../engine/preview";
import { command, leftOf, smallImage, smallProduct } from "./small-preview";

const repository = "myorg/orders";
const number = 90095;

/** As workflows do it: what all previews share is committed, and each command runs in a checkout of its own. */
describe("a preview whose every command runs in another checkout", () => {
  const preview = new Preview(number);
  const folders: string[] = [];
  let github: GitHubStandIn;
  let committed: string;
  let env: Record<string, string>;
  let image: string;
  let next: string;

  before(async () => {
    github = await GitHubStandIn.start(repository);
    github.open(number);
    const state = temporary(join(tmpdir(), "preview-state-"));
    env = { ...github.env, GITHUB_REPOSITORY: repository, PULUMI_BACKEND_URL: `file://${state}` };
    const { api, web } = await smallProduct();
    [image, next] = [api!.image!, await smallImage("next")];

    committed = temporary(join(__dirname, "checkout-"));
    for (const file of ["Pulumi.yaml", "index.ts"]) {
      cpSync(join(__dirname, "../engine/project", file), join(committed, file));
    }
    const shared = { ...preview.settings, api: { ...api, image: undefined }, web: { ...web, image: undefined } };
    const config = Object.entries(shared).map(([key, value]) => [`preview-test:${key}`, value] as const);
    writeFileSync(join(committed, "Pulumi.preview.yaml"), stringify({ config: Object.fromEntries(config) }));
    await execa("pulumi", ["stack", "init", "preview", "--non-interactive"], { cwd: committed, env });
  });
  after(async () => {
    try {
      await inNewCheckout("close", String(number));
    } finally {
      await github.stop();
      folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
    }
  });

  function temporary(prefix: string): string {
    const folder = mkdtempSync(prefix);
    folders.push(folder);
    return folder;
  }

  async function inNewCheckout(...args: string[]): Promise<string> {
    const checkout = temporary(join(__dirname, "checkout-"));
    cpSync(committed, checkout, { recursive: true });
    const { exitCode, stdout, stderr } = await command(args, env, { ...testProject, folder: checkout });
    assert.equal(exitCode, 0, stderr + stdout);
    assert.equal(
      existsSync(join(checkout, `Pulumi.${preview.stack}.yaml`)),
      args[0] !== "close" && args[0] !== "reconcile",
    );
    return stdout;
  }

  const images = async () => {
    const status = JSON.parse(await inNewCheckout("status", String(number), "--json")) as Record<string, unknown>;
    return status.images;
  };
  const serves = (body: string) =>
    eventually(async () => assert.equal((await ask(`${preview.names.origin}/`)).body, `${body}\n`));

  it("comes up, and is brought to the next commit of one half, the other as it was", async () => {
    const n = String(number);
    await inNewCheckout("up", n, "--api", image, "--web", image, "--sha", shaOf(`${number}.1`), "--comment");
    assert.deepEqual(await images(), { api: image, web: image });
    github.push(number, shaOf(`${number}.2`));
    await inNewCheckout("up", n, "--web", next, "--sha", shaOf(`${number}.2`), "--comment");
    assert.deepEqual(await images(), { api: image, web: next });
    await serves(next.split(":").at(-1)!);
  });

  it("sleeps, and wakes as it was", async () => {
    await inNewCheckout("sleep", String(number));
    await inNewCheckout("wake", String(number));
    assert.deepEqual(await images(), { api: image, web: next });
    await serves(next.split(":").at(-1)!);
  });

  it("is seen by reconcile as its own", async () => {
    const { previews } = JSON.parse(await inNewCheckout("reconcile", "--json")) as {
      previews: { pullRequest: number; action: string }[];
    };
    assert.deepEqual(
      previews.filter(({ action }) => action !== "report").map(({ pullRequest, action }) => [pullRequest, action]),
      [[number, "nothing"]],
    );
  });

  it("is closed, and nothing is left", async () => {
    github.close(number);
    const receipt = JSON.parse(await inNewCheckout("close", String(number), "--json", "--comment")) as Receipt;
    assert.deepEqual([...new Set(Object.values(receipt.seen).map(({ state }) => state))], ["gone"]);
    assert.deepEqual(await leftOf(preview, number, repository), []);
    assert.equal(github.comments.length, 1);
  });
});
