import { hasExpired, type Images, recordedImages, imagesOfCommit, limits } from "../../contract";
import type { PullRequest } from "../../clients/code-host";
import { missingAsText } from "../../clients/kubernetes/guards";
import type { Found } from "../inventory/found";

export type Action = "nothing" | "redeploy" | "close" | "report";

/** What is to become of one preview. */
export interface Row extends Found {
  readonly action: Action;
  /** Why, in a few words. */
  readonly reason: string;
  /** What to deploy, where something is. */
  readonly commit?: Commit;
}

/** A commit, and the images that are built from it. */
export interface Commit extends Images {
  readonly sha: string;
}

/** What the code host has answered about one pull request. `no answer` covers every failure. */
export type Answer = PullRequest | "not found" | "no answer";

export interface Facts {
  readonly found: readonly Found[];
  /** The list of open pull requests; undefined where it couldn't be had. Being in it counts, not being in it doesn't. */
  readonly open?: readonly PullRequest[];
  /** Answers about single pull requests, of those in `candidates` at least. */
  readonly answers: ReadonlyMap<number, Answer>;
  readonly now: Date;
}

export interface Plan {
  readonly rows: readonly Row[];
  /** More previews would be closed than one run may, so none is. */
  readonly isOverCap: boolean;
}

/** The label on a pull request that keeps its preview beyond its time. It doesn't outlive the pull request. */
export const keep = "keep";

/** The pull requests that the code host must be asked about, one by one, before their previews may be closed. */
export function candidates({ found, open, now }: Pick<Facts, "found" | "open" | "now">): number[] {
  if (open === undefined) {
    return [];
  }
  const listed = new Map(open.map((one) => [one.number, one]));
  return found
    .filter((one) => one.foreign === undefined && isCandidate(one, listed.get(one.pullRequest), now))
    .map(({ pullRequest }) => pullRequest);
}

function isCandidate({ namespace }: Found, listed: PullRequest | undefined, now: Date): boolean {
  return listed === undefined || (isExpired(namespace, now) && !listed.labels.includes(keep));
}

/**
 * Decides about every preview. Nothing is created. Closed is only what the code host has said to be closed, or whose
 * time is up by the note in its namespace and which the code host says isn't kept.
 *
 * @param cap How many previews one run may close; where it would be more, something else is wrong, and none is closed.
 */
export function plan(facts: Facts, cap: number): Plan {
  const rows = facts.found.map((found) => judge(found, facts));
  const closings = rows.filter(({ action }) => action === "close").length;
  if (closings <= cap) {
    return { rows, isOverCap: false };
  }
  const why = `${closings} previews would be closed, and the cap is ${cap}; --max-closings ${closings} raises it`;
  return {
    rows: rows.map((row) =>
      row.action === "close" ? { ...row, action: "report", reason: `${row.reason}, but ${why}` } : row,
    ),
    isOverCap: true,
  };
}

/** Decides about one preview. */
export function judge(found: Found, facts: Facts): Row {
  return { ...found, ...decision(found, facts) };
}

type Decision = Pick<Row, "action" | "reason" | "commit">;

function decision(found: Found, facts: Facts): Decision {
  const { pullRequest: number, foreign, namespace } = found;
  if (foreign !== undefined) {
    return { action: "report", reason: `another owner's: ${foreign}` };
  }
  if (facts.open === undefined) {
    return { action: "report", reason: "the code host couldn't be asked, so nothing is known" };
  }
  const listed = facts.open.find((one) => one.number === number);
  if (listed !== undefined && !isCandidate(found, listed, facts.now)) {
    return whileOpen(found, listed, facts.now);
  }
  const answer = facts.answers.get(number) ?? "no answer";
  if (answer === "no answer") {
    return { action: "report", reason: "the code host didn't answer about this pull request" };
  }
  if (answer === "not found") {
    return {
      action: "report",
      reason: "the code host knows no such pull request, which doesn't mean that it is closed",
    };
  }
  if (answer.state === "closed") {
    return { action: "close", reason: `the pull request is ${answer.merged ? "merged" : "closed"}` };
  }
  return isExpired(namespace, facts.now) && !answer.labels.includes(keep)
    ? { action: "close", reason: `expired ${namespace?.record.expires}; its pull request has no label ${keep}` }
    : whileOpen(found, answer, facts.now);
}

function whileOpen(
  { pullRequest: number, hasStack, namespace, missing = [] }: Found,
  { headSha, fork, updatedAt }: PullRequest,
  now: Date,
): Decision {
  if (namespace === undefined) {
    const what = hasStack ? "a stack without a namespace" : "a DNS record without a namespace";
    return {
      action: "report",
      reason: `open, but there is only ${what}: an update is under way or has failed; preview up ${number} repairs it`,
    };
  }
  if (namespace.terminating) {
    return { action: "report", reason: `open, but its namespace is being deleted; preview up ${number} recreates it` };
  }
  if (!hasStack) {
    // Its passwords were in the stack, so no update could bring what is there to work again.
    return { action: "report", reason: `open, but no stack knows of it; preview close ${number} and up recreate it` };
  }
  const { asleep, sha } = namespace.record;
  if (sha === undefined || sha === headSha) {
    if (missing.length > 0) {
      return { action: "report", reason: `open, but ${missingAsText(missing)}; preview up ${number} brings them back` };
    }
    const serves = sha === undefined ? "with a commit that wasn't named" : `with its head ${short(sha)}`;
    return { action: "nothing", reason: `open, ${asleep ? "asleep" : "deployed"} ${serves}` };
  }
  const what = `stale: deployed ${short(sha)}, head ${short(headSha)}`;
  if (fork) {
    return { action: "report", reason: `${what}; a fork's commit is deployed only after an approval` };
  }
  // Its own workflow may still be building and deploying it: nobody else does it meanwhile.
  if (now.getTime() - updatedAt.getTime() < limits.pullRequestRunSeconds * 1000) {
    return { action: "report", reason: `${what}; its pull request changed in the last hour, so a run may be at work` };
  }
  const noted = recordedImages(namespace.record);
  const images = noted && imagesOfCommit(noted, sha, headSha);
  return images === undefined
    ? { action: "report", reason: `${what}; preview up ${number} with the images of its head changes that` }
    : { action: "redeploy", reason: what, commit: { sha: headSha, ...images } };
}

/** Without a note in the namespace nothing expires. */
function isExpired(namespace: Found["namespace"], now: Date): boolean {
  return namespace !== undefined && hasExpired(namespace.record, now);
}

const short = (sha: string) => sha.slice(0, 7);
