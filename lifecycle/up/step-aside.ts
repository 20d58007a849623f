import { UserError } from "../../contract";
import type { CodeHost, PullRequest } from "../../clients/code-host";

/** What decides whether a run may deploy. */
export interface Candidate {
  readonly codeHost?: CodeHost;
  readonly pullRequest: number;
  readonly sha?: string;
  /** The workflow's run, which a fork's commit needs an approval of. */
  readonly run?: string;
}

/**
 * Asks the code host whether a commit may be deployed now; undefined where it may, or where there is nobody to ask.
 *
 * @throws UserError where it never may
 */
export async function reasonToStepAside({ codeHost, pullRequest, sha, run }: Candidate): Promise<string | undefined> {
  if (codeHost === undefined) {
    return undefined;
  }
  const found = await codeHost.pullRequest(pullRequest);
  const reason = judgePullRequest(found, sha);
  // Where nobody has set up the environment's reviewers, GitHub makes one without, which approves everything.
  if (reason === undefined && found?.fork === true && run !== undefined && !(await codeHost.runApproved(run))) {
    throw new UserError(
      `pull request ${pullRequest} comes from a fork, and nobody has approved this run: give the environment preview-fork ` +
        "required reviewers",
    );
  }
  return reason;
}

/**
 * Why a run must not deploy; undefined where it may.
 *
 * @throws UserError where the repository has no such pull request
 */
export function judgePullRequest(pullRequest: PullRequest | undefined, sha: string | undefined): string | undefined {
  if (pullRequest === undefined) {
    throw new UserError("the code host knows no such pull request in the repository that the settings name");
  }
  if (pullRequest.state === "closed") {
    return `pull request ${pullRequest.number} is closed`;
  }
  return sha !== undefined && sha !== pullRequest.headSha
    ? `the head of pull request ${pullRequest.number} is ${pullRequest.headSha} by now, not ${sha}`
    : undefined;
}
