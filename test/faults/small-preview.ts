import assert from "node:assert/strict";
import { execa, type ResultPromise } from "execa";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { dnsComment, type Receipt, type SettingsInput } from "../../contract";
import { Zone } from "../../clients/dns";
import { ensureImage } from "../../embedded";
import { kubectl } from "../engine/kubectl";
import { type Preview, testProject } from "../engine/preview";

const zoneId = "0".repeat(32);

/** The smallest possible product. Each version has its own image. */
export async function smallImage(version = ""): Promise<string> {
  const context = join(__dirname, "small-product");
  return ensureImage({ name: "small-product", context, buildArgs: { VERSION: version } }, () => undefined);
}

/** Settings of the smallest product, for API and web. */
export async function smallProduct(): Promise<SettingsInput> {
  const image = await smallImage();
  const command = ["node", "server.mjs"];
  const paths = { livePath: "/", readyPath: "/" };
  return {
    api: { image, command, migrate: ["node", "--version"], ...paths },
    web: { image, command, ...paths },
  };
}

/** Runs the command `preview` as a person would, with the given code host instead of the machine's. */
export function command(
  args: readonly string[],
  env: Record<string, string> = {},
  { folder } = testProject,
): ResultPromise<{ reject: false }> {
  return execa(process.execPath, [join(__dirname, "../../bin/preview.mjs"), ...args], {
    cwd: folder,
    env: { CI: "", GITHUB_ACTIONS: "", GITHUB_TOKEN: "", ...env },
    reject: false,
    // Its own process group, so that it can be killed with its descendants, as a runner would.
    detached: true,
  });
}

/** Waits until a command prints something on standard error. */
export async function says({ stderr }: ResultPromise<{ reject: false }>, what: RegExp): Promise<void> {
  let said = "";
  for await (const chunk of stderr.iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    if (what.test(said)) {
      return;
    }
  }
  assert.match(said, what);
}

/** Closes a preview, and fails unless the receipt says that everything was seen to be gone. */
export async function closes(
  pullRequest: number,
  env: Record<string, string> = {},
  project = testProject,
): Promise<Receipt> {
  const { exitCode, stdout, stderr } = await command(["close", String(pullRequest), "--json"], env, project);
  assert.equal(exitCode, 0, stderr + stdout);
  const receipt = JSON.parse(stdout) as Receipt;
  assert.deepEqual([...new Set(Object.values(receipt.seen).map(({ state }) => state))], ["gone"]);
  return receipt;
}

/** What is left of a preview anywhere; nothing after a complete closing. */
export async function leftOf(preview: Preview, pullRequest: number, repository = ""): Promise<string[]> {
  const { items } = JSON.parse(await kubectl("get", "persistentvolumes", "-o", "json")) as {
    items: { metadata: { name: string }; spec: { claimRef?: { namespace: string } } }[];
  };
  const owner = { project: preview.project.name, product: "orders", repository, pullRequest };
  const records = await new Zone(zoneId).ownedRecords();
  return [
    await kubectl("get", "namespace", preview.namespace, "--ignore-not-found", "-o", "name"),
    ...items.filter(({ spec }) => spec.claimRef?.namespace === preview.namespace).map(({ metadata }) => metadata.name),
    ...records.filter(({ comment }) => comment === dnsComment(owner)).map(({ name }) => `record ${name}`),
    preview.exists() ? `stack ${preview.stack}` : "",
    existsSync(preview.file) ? "configuration file" : "",
  ].filter((name) => name !== "");
}
