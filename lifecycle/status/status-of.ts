import { hasExpired, recordedParts } from "../../contract";
import { missingAsText } from "../../clients/kubernetes/guards";
import { frontServes } from "../../clients/kubernetes/pods";
import type { Found } from "../inventory/found";
import type { Answer } from "../inventory/answer";
import { keep } from "../reconcile/plan";
import { type HostAnswer, isServing } from "../../clients/http/serving";
import { type Pod, problemsOf, type Requests, requestsOf } from "./pods";

/** `not checked` if the source couldn't be asked. */
export type Checked<Value> = Value | "not checked";

/** What the sources say about one preview. */
export interface Seen {
  readonly found: Found;
  /** `https://pr-1.previews.example.com` */
  readonly url: string;
  /** False if the cluster couldn't be asked: a missing namespace in `found` means nothing then. */
  readonly hasCluster: boolean;
  readonly answer: Answer;
  /** What the host answers; undefined if nothing should answer. */
  readonly answers?: HostAnswer;
  /** Names of its parts whose pods keep running. @default those that its namespace's record says */
  readonly parts?: readonly string[];
  /** Undefined if there are none to look at. */
  readonly pods?: Checked<readonly Pod[]>;
  /** NetworkPolicies and quota that it lacks. */
  readonly missing?: Checked<readonly string[]>;
}

/** One preview as it is now. Undefined means that it doesn't exist. */
export interface Status {
  readonly pullRequest: number;
  /** The namespace that it has, or would have. */
  readonly name: string;
  readonly url: string;
  /** The pull request's. */
  readonly state: Checked<"open" | "closed" | "not found">;
  /** The deployed commit, if it is known. */
  readonly sha?: Checked<string>;
  /** The pull request's newest commit. */
  readonly head?: Checked<string>;
  /** `asleep`, or what the host answers. */
  readonly health?: string;
  /** When its namespace was created, ISO 8601. */
  readonly created?: Checked<string>;
  /** When it may be closed, ISO 8601. */
  readonly expires?: Checked<string>;
  readonly requests?: Checked<Requests>;
  /** What is wrong, in a few words each; empty if nothing was found. */
  readonly wrong: readonly string[];
}

/** Whether there is a namespace to look at: one of ours that isn't being deleted. */
export const isLiving = ({ namespace, foreign }: Found): boolean =>
  namespace !== undefined && !namespace.terminating && foreign === undefined;

/** Whether something should answer at the preview's host, as far as is known. */
export const hasHost = ({ found, hasCluster }: Pick<Seen, "found" | "hasCluster">): boolean =>
  hasCluster ? isLiving(found) && found.namespace?.record.asleep === false : found.hasStack;

/** Combines what is known about a preview, and says what is wrong with it. */
export function statusOf(seen: Seen, now: Date): Status {
  const { found, url, hasCluster, answer, answers, pods } = seen;
  // Another owner's record isn't about this preview.
  const own = found.foreign === undefined ? found.namespace : undefined;
  const ofCluster = <Value>(value: Value): Checked<Value> => (hasCluster ? value : "not checked");
  return {
    pullRequest: found.pullRequest,
    name: found.name,
    url,
    state: typeof answer === "object" ? answer.state : answer === "no answer" ? "not checked" : answer,
    sha: ofCluster(own?.record.sha),
    head: typeof answer === "object" ? answer.headSha : answer === "no answer" ? "not checked" : undefined,
    health: own?.record.asleep === true && isLiving(found) ? "asleep" : answers?.said,
    created: ofCluster(own?.created),
    expires: ofCluster(own?.record.expires),
    requests: ofCluster(typeof pods === "object" ? requestsOf(pods) : pods),
    wrong: wrongWith(seen, now),
  };
}

function wrongWith(seen: Seen, now: Date): string[] {
  const { found, answer, answers, pods, missing } = seen;
  if (found.foreign !== undefined) {
    return ["belongs to another owner"];
  }
  const asleep = found.namespace?.record.asleep === true;
  const parts = seen.parts ?? recordedParts(found.namespace?.record);
  return [
    ...ofPullRequest(answer, found),
    ...ofNamespace(seen),
    ...(isExpired(seen, now) ? ["expired"] : []),
    ...(typeof missing === "object" && missing.length > 0 ? [missingAsText(missing)] : []),
    ...(typeof pods === "object" && !asleep ? problemsOf(pods, parts) : []),
    ...(answers === undefined || asleep || isServing(answers, typeof pods === "object" && frontServes(pods, parts))
      ? []
      : [`host answers ${answers.said}`]),
  ];
}

function ofPullRequest(answer: Answer, { namespace }: Found): string[] {
  if (answer === "not found") {
    return ["no such pull request"];
  }
  if (answer === "no answer") {
    return [];
  }
  if (answer.state === "closed") {
    return ["pull request closed"];
  }
  const sha = namespace?.record.sha;
  return sha !== undefined && sha !== answer.headSha ? ["stale"] : [];
}

function ofNamespace({ found: { hasStack, namespace }, hasCluster }: Seen): string[] {
  if (namespace === undefined) {
    return !hasCluster ? [] : [hasStack ? "there is no namespace" : "only a DNS record is left"];
  }
  return [
    ...(namespace.terminating ? ["namespace is being deleted"] : []),
    ...(hasStack ? [] : ["its stack is missing"]),
  ];
}

function isExpired({ found: { namespace }, answer }: Seen, now: Date): boolean {
  const isKept = typeof answer === "object" && answer.state === "open" && answer.labels.includes(keep);
  return namespace !== undefined && hasExpired(namespace.record, now) && !isKept;
}
