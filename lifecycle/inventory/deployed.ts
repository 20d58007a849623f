import { type Outputs, type Pair, type Part, partsIn, UserError } from "../../contract";
import { type Deployment, deploymentOf } from "../../clients/pulumi/deployment";
import { knownSettings } from "../desired";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import { objectsIn, type State } from "../../clients/pulumi/state";
import { isRemoved, stackName, stackNames } from "../../clients/pulumi/stacks";
import { noPreview } from "./no-preview";

/** What a preview's stack says about it, without asking the cluster. */
export interface Deployed extends Outputs {
  readonly parts: readonly Part[];
  /** The names of its NetworkPolicies. */
  readonly policies: readonly string[];
  /** What the parts from other repositories were resolved to. @default none is from another one */
  readonly pair?: Pair;
  /** The kubeconfig context of its cluster. */
  readonly kubeContext: string;
}

/** What the commands show of it. */
export type DeployedSummary = Omit<Deployed, "parts" | "policies">;

/**
 * Reads a pull request's stack.
 *
 * @throws UserError if there is no such stack, or it never came up
 */
export async function deployed(context: PulumiContext, pullRequest: number): Promise<Deployed> {
  return (await read(context, pullRequest)).preview;
}

/**
 * The same for callers that need running pods.
 *
 * @throws UserError also if the preview is asleep
 */
export async function deployedAwake(context: PulumiContext, pullRequest: number): Promise<Deployed> {
  const { preview, isAsleep } = await read(context, pullRequest);
  if (isAsleep) {
    throw new UserError(`${stackName(pullRequest)} is asleep: preview wake ${pullRequest} brings it back`);
  }
  return preview;
}

async function read(context: PulumiContext, pullRequest: number): Promise<{ preview: Deployed; isAsleep: boolean }> {
  const stack = stackName(pullRequest);
  const deployment = await deploymentOf(context, stack).catch(async (error: unknown) => {
    throw isRemoved(error, stack) ? noPreview(pullRequest, await stackNames(context)) : error;
  });
  const settings = await knownSettings(context, stack, deployment, false);
  return {
    preview: deployedFrom(deployment, pullRequest, String(settings?.kubeContext)),
    isAsleep: deployment.record?.asleep === true,
  };
}

/** @throws UserError if the stack never came up */
export function deployedFrom(
  { outputs, record, state }: Deployment,
  pullRequest: number,
  kubeContext: string,
): Deployed {
  const { url, apiUrl, namespace, images, revisions } = outputs;
  if (url === undefined || namespace === undefined) {
    throw new UserError(
      `${stackName(pullRequest)}: the stack has no url yet, so it has never come up; preview up ${pullRequest} says why`,
    );
  }
  return {
    url,
    ...(apiUrl !== undefined && { apiUrl }),
    namespace,
    images: images!,
    revisions: revisions!,
    parts: partsIn(outputs),
    policies: policiesIn(state, namespace),
    ...(record?.pair !== undefined && { pair: record.pair }),
    kubeContext,
  };
}

/** The names of a preview's NetworkPolicies by its state, in alphabetical order. */
export const policiesIn = (state: State, namespace: string): string[] =>
  objectsIn(state, namespace)
    .filter(({ kind }) => kind === "NetworkPolicy")
    .map(({ name }) => name)
    .sort();
