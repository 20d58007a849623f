import { hasExpired, type Part } from "../../contract";
import { missingAsText } from "../../clients/kubernetes/guards";
import type { Found } from "../inventory/found";
import { type Answer, keep } from "../reconcile/plan";
import { type HostAnswer, isServing } from "../../clients/http/serving";
import { type Pod, type Requests, requestsOf, troublesOf, webIsReady } from "./pods";

/** What couldn't be asked is neither there nor not there. */
export type Checked<Value> = Value | "not checked";

/** What the sources say of one preview. */
export interface Seen {
  readonly found: Found;
  /** `https://pr-1.previews.example.com` */
  readonly url: string;
  /** False where the cluster couldn't be asked: then that `found` has no namespace says nothing. */
  readonly hasCluster: boolean;
  readonly answer: Answer;
  /** What the host answers; undefined where nothing is to answer. */
  readonly answers?: HostAnswer;
  /** What it consists of. @default what every preview has */
  readonly parts?: readonly Part[];
  /** Undefined where there are none to look at. */
  readonly pods?: Checked<readonly Pod[]>;
  /** NetworkPolicies and quota that every preview has and this one lacks. */
  readonly missing?: Checked<readonly string[]>;
}

/** One preview as it is now. What is undefined isn't there. */
export interface Status {
  readonly pullRequest: number;
  /** The namespace that it has, or would have. */
  readonly name: string;
  readonly url: string;
  /** The pull request's. */
  readonly state: Checked<"open" | "closed" | "not found">;
  /** The commit that is deployed, where it was named. */
  readonly sha?: Checked<string>;
  /** The pull request's newest commit. */
  readonly head?: Checked<string>;
  /** `asleep`, or what the host answers. */
  readonly health?: string;
  /** When its namespace was made, ISO 8601. */
  readonly created?: Checked<string>;
  /** When it may be closed, ISO 8601. */
  readonly expires?: Checked<string>;
  readonly requests?: Checked<Requests>;
  /** In a few words each; empty where all is well, as far as it could be checked. */
  readonly wrong: readonly string[];
}

/** True for a namespace that is ours and to stay: only there is something to look at. */
export const isLiving = ({ namespace, foreign }: Found): boolean =>
  namespace !== undefined && !namespace.terminating && foreign === undefined;

/** True where somebody should answer at the preview's host, as far as is known. */
export const hasHost = ({ found, hasCluster }: Pick<Seen, "found" | "hasCluster">): boolean =>
  hasCluster ? isLiving(found) && found.namespace?.record.asleep === false : found.hasStack;

/** Brings together what is known of a preview, and says what is wrong with it. */
export function statusOf(seen: Seen, now: Date): Status {
  const { found, url, hasCluster, answer, answers, pods } = seen;
  // What another owner has recorded is not about this preview.
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
  const { found, answer, answers, parts, pods, missing } = seen;
  if (found.foreign !== undefined) {
    return ["belongs to another owner"];
  }
  const asleep = found.namespace?.record.asleep === true;
  return [
    ...ofPullRequest(answer, found),
    ...ofNamespace(seen),
    ...(isExpired(seen, now) ? ["expired"] : []),
    ...(typeof missing === "object" && missing.length > 0 ? [missingAsText(missing)] : []),
    ...(typeof pods === "object" && !asleep ? troublesOf(pods, parts) : []),
    ...(answers === undefined || asleep || isServing(answers, typeof pods === "object" && webIsReady(pods))
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
    ...(hasStack ? [] : ["no stack knows of it"]),
  ];
}

function isExpired({ found: { namespace }, answer }: Seen, now: Date): boolean {
  const isKept = typeof answer === "object" && answer.state === "open" && answer.labels.includes(keep);
  return namespace !== undefined && hasExpired(namespace.record, now) && !isKept;
}
