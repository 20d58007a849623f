import { earliest } from "../clocks";
import type { CodeHost, PullRequest } from "../../clients/code-host";
import { type Get, reading } from "../../clients/kubernetes/proxy";
import { guardPaths, guardsMissingIn } from "../../clients/kubernetes/guards";
import { kubectl } from "../../clients/kubernetes/kubectl";
import type { Namespace } from "../../clients/kubernetes/types";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import { stackNames } from "../../clients/pulumi/stacks";
import { type Found, foundIn, type ListedNamespace, type ListedRecord, type Site } from "./found";
import { type Answer, candidates, type Facts } from "../reconcile/plan";

/** Whom to ask. */
export interface Sources {
  readonly context: PulumiContext;
  readonly kubeContext: string;
  /** DNS records that previews have made. @default none, where previews have no record of their own */
  readonly records?: () => Promise<readonly ListedRecord[]>;
}

/**
 * What there is: one request to the backend, one to the cluster and one to the DNS provider, whatever the number of
 * previews, and two to the cluster for each that is up.
 *
 * @throws UserError where one of them can't be asked
 */
export async function gatherFound(
  { context, kubeContext, records }: Sources,
  site: Site,
  report: (message: string) => void,
): Promise<Found[]> {
  const [stacks, namespaces, recordList] = await Promise.all([
    stackNames(context),
    listNamespaces(kubeContext),
    records?.() ?? [],
  ]);
  const found = foundIn({ stacks, namespaces, records: recordList }, site);
  return withMissing(found, kubeContext, report);
}

/** With the guards that each preview lacks. Where they can't be looked at this is said, and keeps nothing else from being done. */
async function withMissing(
  found: readonly Found[],
  kubeContext: string,
  report: (message: string) => void,
): Promise<Found[]> {
  const isLiving = ({ namespace, foreign }: Found) => namespace?.terminating === false && foreign === undefined;
  const notChecked = (what: string) => (error: unknown) => {
    report(`network policies and quota of ${what} not checked: ${(error as Error).message}`);
    return undefined;
  };
  const looked = async (get: Get, one: Found): Promise<Found> => ({
    ...one,
    missing: isLiving(one) ? await guardsMissingIn(get, one.name).catch(notChecked(one.name)) : undefined,
  });
  const all = found.some(isLiving)
    ? await reading(kubeContext, guardPaths, (get) => Promise.all(found.map((one) => looked(get, one)))).catch(
        notChecked("all previews"),
      )
    : undefined;
  return all ?? [...found];
}

/** Without a selector: a namespace that lost its labels is reported, too. */
export async function listNamespaces(kubeContext: string): Promise<ListedNamespace[]> {
  const place = { kubeContext, namespace: "default" };
  const text = await kubectl(place, ["get", "namespaces", "--output=json", "--request-timeout=15s"]);
  return (JSON.parse(text) as { items: readonly Namespace[] }).items.map(({ metadata, status }) => ({
    name: metadata.name,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    created: metadata.creationTimestamp,
    terminating: status.phase === "Terminating",
  }));
}

/**
 * What the code host says: its list of open pull requests, one answer for each candidate, and what the time is.
 *
 * @param clock this machine's; the code host's counts as well where it is behind
 */
export async function gatherAnswers(
  codeHost: CodeHost,
  found: readonly Found[],
  clock: Date,
  report: (message: string) => void,
): Promise<Pick<Facts, "open" | "answers" | "now">> {
  const open = await codeHost.openPullRequests().catch((error: unknown): PullRequest[] | undefined => {
    report((error as Error).message);
    return undefined;
  });
  const now = earliest(clock, codeHost.now());
  const asked = candidates({ found, open, now }).map(
    async (number) => [number, await answerAbout(codeHost, number, report)] as const,
  );
  return { open, answers: new Map(await Promise.all(asked)), now };
}

/** A failure is reported, and is no answer. */
export async function answerAbout(
  codeHost: CodeHost,
  number: number,
  report: (message: string) => void,
): Promise<Answer> {
  try {
    return (await codeHost.pullRequest(number)) ?? "not found";
  } catch (error) {
    report((error as Error).message);
    return "no answer";
  }
}
