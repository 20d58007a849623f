import { namesOf, type Names, type Owner, UserError } from "../contract";
import type { Place } from "./kubectl";
import { pulumi, type PulumiContext } from "./pulumi";
import { anyConfiguredStack, stackName } from "./stack";

/** What a stack's configuration says about whose preview it is and where it is, valid or not in all else. */
export interface Identity {
  readonly owner: Owner;
  readonly names: Names;
  readonly kubeContext: string;
  /** The Cloudflare zone, where a record is made. */
  readonly zoneId?: string;
  readonly ttlDays: number;
  readonly prefix: string;
  readonly domain: string;
  /** The public port. */
  readonly port: number;
}

/** Where the preview's objects are. */
export const placeOf = ({ kubeContext, names }: Identity): Place => ({ kubeContext, namespace: names.namespace });

type Config = Readonly<Record<string, { readonly value?: string; readonly objectValue?: unknown }>>;

/**
 * @param stack whose configuration is read: the pull request's own, or `preview`, which holds what all share
 * @throws UserError where the stack's configuration doesn't say which cluster and domain it belongs to
 */
export async function identityOf(
  context: PulumiContext,
  pullRequest: number,
  stack = stackName(pullRequest),
): Promise<Identity> {
  const config = JSON.parse(await pulumi(context, ["config", "--json", "--stack", stack])) as Config;
  const project = Object.keys(config)
    .find((key) => key.endsWith(":kubeContext"))
    ?.split(":")[0];
  const text = (name: string) => config[`${project}:${name}`]?.value ?? "";
  if (project === undefined || text("kubeContext") === "" || text("domain") === "") {
    throw new UserError(
      `${stack}: its configuration has no kubeContext or no domain, so there is no telling where the preview is; ` +
        `get it back with pulumi config refresh --stack ${stack}`,
    );
  }
  const dns = config[`${project}:dns`]?.objectValue as { zoneId?: string } | undefined;
  const port = Number(text("port") || 443);
  // Where the settings name none, a workflow's previews belong to the repository that it runs in.
  const running = stack === stackName(pullRequest) ? "" : (process.env.GITHUB_REPOSITORY ?? "");
  return {
    owner: { project, product: text("product"), repository: text("repository") || running, pullRequest },
    names: namesOf({ pullRequest, prefix: text("prefix"), domain: text("domain"), port }),
    kubeContext: text("kubeContext"),
    zoneId: dns?.zoneId,
    ttlDays: Number(text("ttlDays") || 14),
    prefix: text("prefix"),
    domain: text("domain"),
    port,
  };
}

/** What all previews of the current project have in common; the pull request in it stands for any. */
export type SharedIdentity = Omit<Identity, "names">;

/** @throws UserError where there is no stack that says it */
export async function sharedIdentity(context: PulumiContext): Promise<SharedIdentity> {
  const stack = await anyConfiguredStack(context);
  if (stack === undefined) {
    throw new UserError(
      "there is no stack, so nothing says where previews would be: make the stack preview (README.md)",
    );
  }
  return identityOf(context, 1, stack);
}
