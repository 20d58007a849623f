import {
  hasExpired,
  type Images,
  imagesOfCommit,
  type LifecycleRecord,
  limits,
  type PullName,
  recordedImages,
  shortCommit,
} from "../../contract";
import type { PullRequest } from "../../clients/code-host";
import { missingAsText } from "../../clients/kubernetes/guards";
import type { Answer } from "../inventory/answer";
import type { Found } from "../inventory/found";
import { type Change, isFollowed } from "../pairs";

export type Action = "nothing" | "redeploy" | "close" | "report";

/** The plan for one preview. */
export interface Row extends Found {
  readonly action: Action;
  /** In a few words. */
  readonly reason: string;
  /** What to deploy, if the action is `redeploy`. */
  readonly commit?: Commit;
  /** Whether what it is paired with can't be resolved. */
  readonly isStuck?: true;
}

/** A commit and the images built from it. */
export interface Commit {
  readonly sha: string;
  readonly images: Images;
}

/** Which previews a run is about. */
export interface Subject {
  /** The only pull request; what it is paired with is resolved anew then, and images that aren't built yet are waited for. @default all */
  readonly only?: number;
  /** Only those that are paired with this pull request of another repository. @default all */
  readonly dependsOn?: PullName;
}

export interface Facts {
  readonly found: readonly Found[];
  /** The open pull requests; undefined if the list couldn't be read. One that is missing from it may still be open. */
  readonly open?: readonly PullRequest[];
  /** Answers about single pull requests, at least for all of `candidates`. */
  readonly answers: ReadonlyMap<number, Answer>;
  /** What previews' pairs have come to, by pull request. @default nothing has changed */
  readonly changes?: ReadonlyMap<number, Change>;
  readonly now: Date;
}

export interface Plan {
  readonly rows: readonly Row[];
  /** Whether more previews would be closed than the cap allows; none is closed then. */
  readonly isOverCap: boolean;
}

export const isMeant = ({ pullRequest, namespace }: Found, { only, dependsOn }: Subject): boolean =>
  (only === undefined || pullRequest === only) &&
  (dependsOn === undefined || isFollowed(namespace?.record.pair, dependsOn));

/** The label on an open pull request that keeps its preview from expiring. */
export const keep = "keep";

/** The pull requests to ask the code host about, one by one, before their previews may be closed. */
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
 * Decides what to do with every preview. A preview is closed only if the code host says that its pull request is closed, or if
 * the namespace's record says that it has expired and the code host that it has no label `keep`.
 *
 * @param cap how many previews one run may close; if it would be more, something else is wrong, and none is closed
 */
export function plan(facts: Facts, cap: number): Plan {
  const rows = facts.found.map((found) => judge(found, facts));
  const closings = rows.filter(({ action }) => action === "close").length;
  if (closings <= cap) {
    return { rows, isOverCap: false };
  }
  const why = `${closings} previews would be closed, more than the cap of ${cap}; --max-closings ${closings} raises it`;
  return {
    rows: rows.map((row) =>
      row.action === "close" ? { ...row, action: "report", reason: `${row.reason}, but ${why}` } : row,
    ),
    isOverCap: true,
  };
}

/** Decides what to do with one preview. */
export function judge(found: Found, facts: Facts): Row {
  return { ...found, ...decision(found, facts) };
}

type Decision = Pick<Row, "action" | "reason" | "commit" | "isStuck">;

function decision(found: Found, facts: Facts): Decision {
  const { pullRequest: number, foreign, namespace } = found;
  if (foreign !== undefined) {
    return { action: "report", reason: `belongs to another owner: ${foreign}` };
  }
  if (facts.open === undefined) {
    return { action: "report", reason: "the code host couldn't be asked about open pull requests" };
  }
  const listed = facts.open.find((one) => one.number === number);
  if (listed !== undefined && !isCandidate(found, listed, facts.now)) {
    return whileOpen(found, listed, facts);
  }
  const answer = facts.answers.get(number) ?? "no answer";
  if (answer === "no answer") {
    return { action: "report", reason: "the code host didn't answer about this pull request" };
  }
  if (answer === "not found") {
    return {
      action: "report",
      reason: "the code host has no such pull request, which doesn't prove that it is closed",
    };
  }
  if (answer.state === "closed") {
    return { action: "close", reason: `the pull request is ${answer.merged ? "merged" : "closed"}` };
  }
  return isExpired(namespace, facts.now) && !answer.labels.includes(keep)
    ? { action: "close", reason: `expired ${namespace?.record.expires}; its pull request has no label ${keep}` }
    : whileOpen(found, answer, facts);
}

function whileOpen(
  { pullRequest: number, hasStack, namespace, missing = [] }: Found,
  { headSha, fork, updatedAt }: PullRequest,
  { now, changes }: Facts,
): Decision {
  if (namespace === undefined) {
    const what = hasStack ? "a stack without a namespace" : "a DNS record without a namespace";
    return {
      action: "report",
      reason: `open, but there is only ${what}: an update is under way or has failed; if it has, run preview up ${number}`,
    };
  }
  if (namespace.terminating) {
    return { action: "report", reason: `open, but its namespace is being deleted; preview up ${number} recreates it` };
  }
  if (!hasStack) {
    // Its passwords went with the stack, so no update could repair it.
    return {
      action: "report",
      reason: `open, but its stack is missing; preview close ${number}, then up, recreates it`,
    };
  }
  const { asleep, sha } = namespace.record;
  if (sha === undefined || sha === headSha) {
    if (missing.length > 0) {
      return { action: "report", reason: `open, but ${missingAsText(missing)}; preview up ${number} restores them` };
    }
    const change = fork ? undefined : changes?.get(number);
    if (change !== undefined) {
      return ofChange(number, change, namespace.record);
    }
    const commit = sha === undefined ? "an unknown commit" : `its head ${shortCommit(sha)}`;
    return { action: "nothing", reason: `open, ${asleep ? "asleep" : "deployed"} with ${commit}` };
  }
  const what = `stale: deployed ${shortCommit(sha)}, head ${shortCommit(headSha)}`;
  if (fork) {
    return { action: "report", reason: `${what}; a commit from a fork is deployed only after an approval` };
  }
  // Its own workflow may still be building and deploying it.
  if (now.getTime() - updatedAt.getTime() < limits.pullRequestRunSeconds * 1000) {
    return {
      action: "report",
      reason: `${what}; the pull request changed within the last hour, so its own run may still be deploying`,
    };
  }
  const noted = recordedImages(namespace.record);
  const images = noted && imagesOfCommit(noted, sha, headSha);
  return images === undefined
    ? { action: "report", reason: `${what}; deploy it with preview up ${number} and the images of its head` }
    : { action: "redeploy", reason: what, commit: { sha: headSha, images: ownImages(images, namespace.record) } };
}

/** Its own commit stays: what it is paired with is resolved anew. */
function ofChange(number: number, change: Change, { sha, ...record }: LifecycleRecord): Decision {
  if ("stuck" in change) {
    return { action: "report", reason: change.stuck, isStuck: true };
  }
  return sha === undefined
    ? {
        action: "report",
        reason: `${change.moved}, but the preview's own commit isn't known; preview up ${number} updates it`,
      }
    : { action: "redeploy", reason: change.moved, commit: { sha, images: ownImages(record.images, record) } };
}

/** Without those of other repositories, which each update resolves. */
const ownImages = (images: Images, { pair = {} }: Pick<LifecycleRecord, "pair">): Images =>
  Object.fromEntries(Object.entries(images).filter(([part]) => !(part in pair)));

/** A preview without a record doesn't expire. */
function isExpired(namespace: Found["namespace"], now: Date): boolean {
  return namespace !== undefined && hasExpired(namespace.record, now);
}
