import { recordedAsGuarded } from "../../contract";
import { earliest } from "../clocks";
import type { CodeHost, PullRequest } from "../../clients/code-host";
import { type Get, withApiProxy } from "../../clients/kubernetes/proxy";
import { guardPaths, guardsMissingIn } from "../../clients/kubernetes/guards";
import { kubectl } from "../../clients/kubernetes/kubectl";
import type { Namespace } from "../../clients/kubernetes/types";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import { stackNames } from "../../clients/pulumi/stacks";
import { type Found, foundIn, type ListedNamespace, type ListedRecord, type Site } from "./found";
import { candidates, type Facts } from "../reconcile/plan";
import type { Answer } from "./answer";

/** The sources to ask. */
export interface Sources {
  readonly context: PulumiContext;
  readonly kubeContext: string;
  /** Lists the previews' DNS records. @default previews have none of their own */
  readonly records?: () => Promise<readonly ListedRecord[]>;
}

/**
 * Finds all previews with one request each to the backend, the cluster and the DNS provider, and two more to the cluster for each
 * preview that is up.
 *
 * @throws UserError if one of them can't be asked
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

/** Adds the guards that each preview lacks. If they can't be read, that is reported and fails nothing else. */
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
    missing: isLiving(one)
      ? await guardsMissingIn(get, one.name, recordedAsGuarded(one.namespace?.record)).catch(notChecked(one.name))
      : undefined,
  });
  const all = found.some(isLiving)
    ? await withApiProxy(kubeContext, guardPaths, (get) => Promise.all(found.map((one) => looked(get, one)))).catch(
        notChecked("all previews"),
      )
    : undefined;
  return all ?? [...found];
}

/** Without a selector, to report a namespace that has lost its labels, too. */
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
 * What the code host says: the open pull requests, one answer per candidate, and the time.
 *
 * @param clock this machine's time; the code host's counts if it is earlier
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

/** A failure is reported and counts as "no answer". */
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
