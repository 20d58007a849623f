import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
