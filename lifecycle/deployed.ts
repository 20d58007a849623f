import { UserError } from "../contract";
import { type Outputs, outputsOf } from "./outputs";
import { pulumi, type PulumiContext } from "./pulumi";
import { isRemoved, recallConfiguration, stackName } from "./stack";

/** What is known of a preview from its stack, without asking the cluster. */
export interface Deployed extends Outputs {
  /** The kubeconfig's context of its cluster. */
  readonly kubeContext: string;
}

/**
 * Reads a pull request's stack.
 *
 * @param known the kubeconfig's context, where the caller has read the configuration @default it is read
 * @throws UserError where there is no such stack, or one that never came up
 */
export async function deployed(context: PulumiContext, pullRequest: number, known?: string): Promise<Deployed> {
  const stack = stackName(pullRequest);
  const { url, namespace, ...rest } = await outputsOf(context, stack).catch((error: unknown) => {
    throw isRemoved(error, stack)
      ? new UserError(
          `there is no preview ${pullRequest}: this backend has no stack ${stack}; preview status lists those that it has, ` +
            `preview up ${pullRequest} makes it`,
        )
      : error;
  });
  if (url === undefined || namespace === undefined) {
    throw new UserError(
      `${stack}: the stack has no url yet, so its last update failed; preview up ${pullRequest} says why`,
    );
  }
  const kubeContext = known ?? (await configuredContext(context, stack));
  return { ...(rest as Outputs), url, namespace, kubeContext };
}

async function configuredContext(context: PulumiContext, stack: string): Promise<string> {
  await recallConfiguration(context, stack);
  return (await pulumi(context, ["config", "get", "kubeContext", "--stack", stack])).trim();
}
