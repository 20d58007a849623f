import { UserError } from "../contract";
import { pulumi, type PulumiContext } from "./pulumi";
import { stackName } from "./stack";

/** What is known of a preview from its stack, without asking the cluster. */
export interface Deployed {
  /** `https://pr-1.previews.example.com` */
  readonly url: string;
  /** Django's own host, where the setting `ingress.apiHost` asks for one. */
  readonly apiUrl?: string;
  readonly namespace: string;
  /** The images that were ordered. */
  readonly images: { readonly api: string; readonly web: string };
  readonly revisions: { readonly api: string; readonly web: string };
  /** The kubeconfig's context of its cluster. */
  readonly kubeContext: string;
}

/**
 * Reads a pull request's stack.
 *
 * @throws UserError where there is no such stack, or one that never came up
 */
export async function deployed(context: PulumiContext, pullRequest: number): Promise<Deployed> {
  const stack = stackName(pullRequest);
  const outputs = await pulumi(context, ["stack", "output", "--json", "--stack", stack]);
  const values = JSON.parse(outputs) as Partial<Omit<Deployed, "kubeContext">>;
  if (values.url === undefined || values.namespace === undefined) {
    throw new UserError(
      `${stack}: the stack has no url yet, so its last update failed; pulumi up --stack ${stack} says why`,
    );
  }
  const kubeContext = await pulumi(context, ["config", "get", "kubeContext", "--stack", stack]);
  return { ...(values as Omit<Deployed, "kubeContext">), kubeContext: kubeContext.trim() };
}
