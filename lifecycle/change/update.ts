import { type Part, standardPartList } from "../../contract";
import type { NamespaceRef } from "../../clients/kubernetes/kubectl";
import { type PulumiContext, refusalOf } from "../../clients/pulumi/pulumi";
import { up, type UpdateOptions } from "../../clients/pulumi/stacks";
import { look } from "../../clients/kubernetes/rollout/objects";
import { backedOff, makeAnew, withoutPods } from "../../clients/kubernetes/rollout/retry";
import { whileWatching } from "../../clients/kubernetes/rollout/watch";
import type { ProjectRun } from "../workspace";

/**
 * Brings the stack to its settings. What failed before is tried at once, and what is unrecoverable is waited for no longer.
 *
 * @param parts what the preview consists of @default what every preview has
 * @throws UserError with the object, what is wrong with it, and the setting to look at
 */
export async function update(
  context: ProjectRun,
  stack: string,
  place: NamespaceRef,
  report: (message: string) => void,
  { parts, ...options }: UpdateOptions & { readonly parts?: readonly Part[] } = {},
): Promise<void> {
  const before = await look(place).catch(() => undefined);
  if (before !== undefined) {
    await makeAnew(place, [...backedOff(before), ...withoutPods(before)], report);
  }
  const begun = new Set<string>();
  const onLine = (line: string) => {
    const part = partBegun(line, parts);
    if (part !== undefined) {
      begun.add(part);
    }
    context.onLine(line);
  };
  const watched = {
    place,
    parts,
    report,
    isPublic: context.run.isWorkflow,
    concerns: (part: string) => begun.has(part),
    hasBegun: (error: unknown) => refusalOf(error) === undefined,
  };
  await whileWatching(watched, (signal) => up({ ...takingOver(context), onLine, signal }, stack, options));
}

/**
 * What a killed run has made, or a person has changed, is in the namespace already and belongs to somebody else by the rules
 * of server-side apply: what the settings say holds.
 */
function takingOver(context: PulumiContext): PulumiContext {
  return { ...context, env: { ...context.env, PULUMI_K8S_ENABLE_PATCH_FORCE: "true" } };
}

/**
 * The part of the preview whose pods `pulumi` says that it is making or changing. Before that they are as the last
 * update has left them, however that ended.
 */
export function partBegun(line: string, parts: readonly Part[] = standardPartList): string | undefined {
  const pattern = /^ *[-+~]+ +\S*:(?:Deployment|StatefulSet|Job) (\S+) (?:creating|updating)/;
  const resource = pattern.exec(line)?.[1];
  // `pr-1-image-proxy` may end in the names of two parts: the longer one is meant.
  const known = parts
    .map(({ name }) => name)
    .filter((name) => resource?.endsWith(`-${name}`))
    .sort((a, b) => b.length - a.length)[0];
  // One that comes with this update, or that somebody has put beside the parts, by its last word.
  return known ?? resource?.split("-").at(-1);
}
