import { UserError } from "../../contract";
import { stackName } from "../../clients/pulumi/stacks";

/**
 * The error for a pull request without a stack, with a next step that works: `preview up` makes one from the stack `preview` alone.
 *
 * @param stacks the names of those that the backend has
 */
export function noPreview(pullRequest: number, stacks: readonly string[]): UserError {
  const next = stacks.includes("preview")
    ? `preview up ${pullRequest} --api IMAGE --web IMAGE makes one`
    : "preview status lists the existing previews, and README.md says how to create one";
  return new UserError(
    `pull request ${pullRequest} has no preview here: this backend has no stack ${stackName(pullRequest)}; ${next}`,
  );
}
