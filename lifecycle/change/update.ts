import { type Part, standardPartList } from "../../contract";
import type { NamespaceRef } from "../../clients/kubernetes/kubectl";
import { type PulumiContext, refusalOf } from "../../clients/pulumi/pulumi";
import { up, type UpdateOptions } from "../../clients/pulumi/stacks";
import { look } from "../../clients/kubernetes/rollout/objects";
import { backedOff, recreate, withoutPods } from "../../clients/kubernetes/rollout/retry";
import { whileWatching } from "../../clients/kubernetes/rollout/watch";
import type { ProjectRun } from "../workspace";

/**
 * Updates the stack. Workloads that are backing off are retried at once, and an unrecoverable one ends the update early.
 *
 * @param parts the preview's parts @default those that every preview has
 * @throws UserError that names the object, what is wrong with it, and the setting to look at
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
    await recreate(place, [...backedOff(before), ...withoutPods(before)], report);
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
  await whileWatching(watched, (signal) => up({ ...withForcedPatches(context), onLine, signal }, stack, options));
}

/**
 * Overrides other field managers in server-side apply: an object that a killed run has made or a person has changed ends up as
 * the settings say.
 */
function withForcedPatches(context: PulumiContext): PulumiContext {
  return { ...context, env: { ...context.env, PULUMI_K8S_ENABLE_PATCH_FORCE: "true" } };
}

/**
 * The part whose workload this line of `pulumi`'s output creates or updates. Until then its pods are as the last update has
 * left them, even a failed one.
 */
export function partBegun(line: string, parts: readonly Part[] = standardPartList): string | undefined {
  const pattern = /^ *[-+~]+ +\S*:(Deployment|StatefulSet|Job) (\S+) (?:creating|updating)/;
  const [, kindOf, resource] = pattern.exec(line) ?? [];
  // `pr-1-image-proxy` may end in the names of two parts: the longer one is right.
  const known = parts
    .filter(({ kind }) => kind === kindOf)
    .map(({ name }) => name)
    .filter((name) => resource?.endsWith(`-${name}`))
    .sort((a, b) => b.length - a.length)[0];
  // A part that is new with this update, or a workload beside the parts: by its last word.
  return known ?? resource?.split("-").at(-1);
}
