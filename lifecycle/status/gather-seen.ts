import { Readable } from "node:stream";
import { type Guarded, limits, namesOf, recordedAsGuarded } from "../../contract";
import { type Get, withApiProxy } from "../../clients/kubernetes/proxy";
import { guardPaths, guardsMissingIn } from "../../clients/kubernetes/guards";
import type { CodeHost } from "../../clients/code-host";
import { previewClient } from "../../clients/http/client";
import type { SharedIdentity } from "../inventory/identity";
import { type Found, foundIn } from "../inventory/found";
import { answerAbout, gatherAnswers, listNamespaces, type Sources } from "../inventory/gather";
import { answer, type HostAnswer } from "../../clients/http/serving";
import { stackNames } from "../../clients/pulumi/stacks";
import { hasHost, isLiving, type Seen } from "./status-of";
import type { Pod } from "./pods";

/** The sources to ask. */
export interface StatusSources extends Pick<Sources, "context" | "records"> {
  readonly site: SharedIdentity;
  /** Undefined if there is none to ask. */
  readonly codeHost?: CodeHost;
  /** Called once for each source that couldn't be asked. */
  readonly report: (message: string) => void;
  /** Aborts at once. */
  readonly signal?: AbortSignal;
}

/** A single preview to look at. */
export interface One extends Guarded {
  readonly pullRequest: number;
}

/**
 * Gathers what is known about all previews, or about one. Backend, cluster and DNS provider are asked once for their lists,
 * whatever the number of previews, and the code host as by `reconcile`. What a source that can't be asked would say is left out.
 *
 * @throws UserError if the backend can't be asked
 * @throws the signal's reason as soon as it is aborted
 */
export async function gatherSeen(sources: StatusSources, now: Date, only?: One): Promise<Seen[]> {
  const { context, site, records, report } = sources;
  const attempt = <Result>(what: string, asked: Promise<Result>) =>
    asked.catch((error: Error) => {
      report(`${what} not checked: ${lastLine(error)}`);
      return undefined;
    });
  const [stacks, namespaces, ownRecords] = await Promise.all([
    stackNames(context),
    attempt("cluster", listNamespaces(site.kubeContext)),
    attempt("DNS records", records?.() ?? Promise.resolve([])),
  ]);
  const found = foundIn({ stacks, namespaces: namespaces ?? [], records: ownRecords ?? [] }, site).filter(
    ({ pullRequest }) => only === undefined || pullRequest === only.pullRequest,
  );
  const hasCluster = namespaces !== undefined;
  const [pullRequests, answers, inside] = await Promise.all([
    askAboutPullRequests(sources, found, now, only),
    askHosts(
      found.filter((one) => hasHost({ found: one, hasCluster })),
      sources,
    ),
    lookInside(found.filter(isLiving), sources, only),
  ]);
  return found.map((one) => ({
    found: one,
    url: urlOf(one, site),
    hasCluster,
    answer: pullRequests(one.pullRequest),
    answers: answers.get(one),
    parts: only?.parts,
    pods: inside.get(one)?.pods,
    missing: inside.get(one)?.missing,
  }));
}

const urlOf = ({ pullRequest }: Found, site: SharedIdentity) => namesOf({ ...site, pullRequest }).origin;

async function askAboutPullRequests(
  { codeHost, report }: StatusSources,
  found: readonly Found[],
  now: Date,
  only: One | undefined,
): Promise<(number: number) => Seen["answer"]> {
  if (codeHost === undefined) {
    return () => "no answer";
  }
  if (only !== undefined) {
    const answered = await answerAbout(codeHost, only.pullRequest, report);
    return () => answered;
  }
  const { open, answers } = await gatherAnswers(codeHost, found, now, report);
  const listed = new Map(open?.map((one) => [one.number, one]));
  return (number) => answers.get(number) ?? listed.get(number) ?? "no answer";
}

async function askHosts(
  found: readonly Found[],
  { site, signal }: Pick<StatusSources, "site" | "signal">,
): Promise<Map<Found, HostAnswer>> {
  const dispatcher = previewClient(found.map((one) => urlOf(one, site)));
  const how = { dispatcher, timeoutMs: limits.statusAnswerSeconds * 1000, signal };
  const asked = async (one: Found): Promise<[Found, HostAnswer]> => [one, await answer(urlOf(one, site), how)];
  const answers = Readable.from(found).map(asked, { concurrency: 16 }).toArray();
  return new Map((await answers) as [Found, HostAnswer][]);
}

/** What is in a preview's namespace. */
type Inside = Pick<Seen, "pods" | "missing">;

/** One namespace at a time: listing pods cluster-wide would take the right to read other people's. */
async function lookInside(
  found: readonly Found[],
  { site: { kubeContext }, report }: StatusSources,
  only?: One,
): Promise<Map<Found, Inside>> {
  if (found.length === 0) {
    return new Map();
  }
  const failures: Error[] = [];
  const notChecked = (one: Found, error: unknown): [Found, Inside] => {
    failures.push(error as Error);
    return [one, { pods: "not checked", missing: "not checked" }];
  };
  const inside = async (get: Get, one: Found): Promise<[Found, Inside]> => {
    const [pods, missing] = await Promise.all([
      get(`/api/v1/namespaces/${one.name}/pods`) as Promise<{ items: Pod[] }>,
      guardsMissingIn(get, one.name, only ?? recordedAsGuarded(one.namespace?.record)),
    ]);
    return [one, { pods: pods.items, missing }];
  };
  const asked = (get: Get) =>
    Promise.all(found.map((one) => inside(get, one).catch((error: unknown) => notChecked(one, error))));
  const paths = `^/api/v1/namespaces/[^/]+/pods$,${guardPaths}`;
  const all = await withApiProxy(kubeContext, paths, asked).catch((error: unknown) =>
    found.map((one) => notChecked(one, error)),
  );
  if (failures.length > 0) {
    report(
      `pods and policies of ${failures.length} of ${found.length} previews not checked: ${lastLine(failures[0]!)}`,
    );
  }
  return new Map<Found, Inside>(all);
}

/** The last line of kubectl's output says why it failed. */
const lastLine = ({ message }: Error) => message.trimEnd().split("\n").at(-1);
