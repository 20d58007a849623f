import { UserError } from "../../contract";
import type { CodeHost, PullRequest } from "../../clients/code-host";

/** What a run is about to deploy. */
export interface Candidate {
  readonly codeHost?: CodeHost;
  readonly pullRequest: number;
  readonly sha?: string;
  /** The workflow run, which must have been approved for a commit from a fork. */
  readonly run?: string;
}

/**
 * Asks the code host about a pull request.
 *
 * @returns why its commit must not be deployed now, if so, and the pull request as it is; neither if there is no code host
 * @throws UserError if it must never be deployed
 */
export async function lookAtPullRequest({
  codeHost,
  pullRequest,
  sha,
  run,
}: Candidate): Promise<{ readonly reason?: string; readonly found?: PullRequest }> {
  if (codeHost === undefined) {
    return {};
  }
  const found = await codeHost.pullRequest(pullRequest);
  const reason = judgePullRequest(found, sha);
  // If nobody has set up the environment, GitHub creates one without reviewers, which lets everything through.
  if (reason === undefined && found?.fork === true && run !== undefined && !(await codeHost.runApproved(run))) {
    throw new UserError(
      `pull request ${pullRequest} comes from a fork, and nobody has approved this run: add required reviewers to the ` +
        "environment preview-fork",
    );
  }
  return { reason, found };
}

/**
 * Why a run must not deploy; undefined if it may.
 *
 * @throws UserError if the repository has no such pull request
 */
export function judgePullRequest(pullRequest: PullRequest | undefined, sha: string | undefined): string | undefined {
  if (pullRequest === undefined) {
    throw new UserError("the repository has no such pull request: look at the number and at the setting repository");
  }
  if (pullRequest.state === "closed") {
    return `pull request ${pullRequest.number} is closed`;
  }
  return sha !== undefined && sha !== pullRequest.headSha
    ? `the head of pull request ${pullRequest.number} is now ${pullRequest.headSha}, not ${sha}`
    : undefined;
}
