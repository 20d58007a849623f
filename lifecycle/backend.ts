import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../contract";
import { pulumi, type PulumiContext } from "./pulumi";

/**
 * What is right on a person's machine and wrong in a workflow (CI=true): a backend on the runner's own disk, which goes
 * with the runner, so that nobody could ever close what was made; and an empty passphrase, which Pulumi takes for one.
 *
 * @throws UserError that names the variable
 */
export async function refuseUnsafeBackend(context: PulumiContext, env = process.env): Promise<void> {
  if (env.CI !== "true") {
    return;
  }
  const { url } = JSON.parse(await pulumi(context, ["whoami", "--json"])) as { url: string };
  if (url.startsWith("file:")) {
    throw new UserError(
      `PULUMI_BACKEND_URL: in a workflow the state must outlive the runner, in an object store or Pulumi Cloud; got ${url}`,
    );
  }
  const isSelfManaged = !/^https?:/.test(url);
  const hasKey = Boolean(env.PULUMI_CONFIG_PASSPHRASE) || Boolean(env.PULUMI_CONFIG_PASSPHRASE_FILE);
  if (isSelfManaged && !hasKey && !/^secretsprovider:/m.test(sharedStackFile(context))) {
    throw new UserError(
      "PULUMI_CONFIG_PASSPHRASE is empty, so anybody could read the stacks' secrets: set it, " +
        "or make the stack preview with a KMS (pulumi stack init preview --secrets-provider)",
    );
  }
}

/** Whose key the previews' stacks use as well. */
function sharedStackFile({ project }: PulumiContext): string {
  const file = join(project, "Pulumi.preview.yaml");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/**
 * Brings back the states that were cut off when a disk or a machine failed under a backend in a folder. One of them makes
 * every list of stacks fail. Pulumi keeps what a state was before its last change beside it; what was made since is found
 * again as after a run that was killed.
 *
 * @returns the names of their stacks
 */
export async function restoreCutOffStates(context: PulumiContext): Promise<string[]> {
  const { url } = JSON.parse(await pulumi(context, ["whoami", "--json"])) as { url: string };
  const project = /^name: *["']?([^\s"']+)/m.exec(readFileSync(join(context.project, "Pulumi.yaml"), "utf8"))?.[1];
  const path = /^file:\/\/([^?]*)/.exec(url)?.[1]?.replace(/^~/, homedir());
  const folder = path === undefined ? "" : join(path, ".pulumi/stacks", project ?? "");
  if (!existsSync(folder)) {
    return [];
  }
  const cutOff = (names: string[]) =>
    names.filter(
      (name) => name.endsWith(".json") && !isWhole(join(folder, name)) && isWhole(join(folder, `${name}.bak`)),
    );
  const seen = cutOff(readdirSync(folder));
  // Pulumi puts a state in its place as a whole; one that another run was about to write is whole by then.
  await sleep(1000);
  const restored = cutOff(seen);
  restored.forEach((name) => copyFileSync(join(folder, `${name}.bak`), join(folder, name)));
  return restored.map((name) => basename(name, ".json"));
}

function isWhole(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}
