import { type Images, UserError } from "../../contract";
import type { CodeHost } from "../../clients/code-host";
import { deployed, type Deployed } from "../../lifecycle/inventory/deployed";
import type { Deployment } from "../../clients/pulumi/deployment";
import { zoneOf } from "../../clients/dns";
import { claimGoing, emptiedSince, imagesInstead, lookForDrift } from "../../lifecycle/drift";
import { harmlessJson, harmlessLine } from "../output/harmless";
import { httpClient } from "../../clients/http/client";
import type { SharedIdentity } from "../../lifecycle/inventory/identity";
import { interruption } from "../interruption";
import { type Login, requiredLogin } from "../../verify/demo-login";
import { findPreview, sharedIdentity } from "../../lifecycle/inventory/preview";
import { print } from "../output/print";
import { project, report } from "../project";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import { answer } from "../../clients/http/serving";
import { factsOf, gatherSeen, statusAsJson, statusAsText, type Status, statusOf } from "../../lifecycle/status";
import { codeHostFor, noCodeHost } from "../code-host";

export interface StatusOptions {
  readonly login?: boolean;
  readonly json?: boolean;
}

/** Prints one line for each preview of the current project, or all about one of them. It judges nothing: it ends with 0. */
export async function status(pullRequest: number | undefined, options: StatusOptions): Promise<void> {
  if (pullRequest !== undefined) {
    return statusOfOne(pullRequest, options);
  }
  if (options.login === true) {
    throw new UserError("--login shows the login of one preview: give its number, preview status 123 --login");
  }
  const context = project();
  const now = new Date();
  const previews = await statusesOf(context, await sharedIdentity(context), now);
  print((options.json === true ? statusAsJson : statusAsText)(previews, now));
}

/** What a preview consists of, what its host answers, what isn't as it was deployed and, if asked for, its reviewers' login. */
async function statusOfOne(pullRequest: number, options: StatusOptions): Promise<void> {
  const context = project();
  const preview = await deployed(context, pullRequest);
  const login = options.login === true ? await requiredLogin(preview) : undefined;
  const now = new Date();
  const found = await findPreview(context, pullRequest);
  const [{ said: answers }, [known], there] = await Promise.all([
    answer(preview.url, { dispatcher: httpClient(), signal: interruption }),
    found === undefined ? [] : statusesOf(context, found.identity, now, pullRequest),
    found?.deployment === undefined ? undefined : lookInside(preview, found.deployment),
  ]);
  if (options.json === true) {
    print(harmlessJson({ pullRequest, ...preview, ...known, answers, ...there, login }));
    return;
  }
  const rows = rowsOf(preview, { answers, facts: known && factsOf(known, now), there, login });
  const width = Math.max(...rows.map(([name]) => name.length));
  print(rows.map(([name, value]) => `${name.padEnd(width)}  ${harmlessLine(value)}`).join("\n"));
}

/** What the cluster has of a preview that isn't as it was deployed. */
interface There {
  /** `Secret db-1a2b3c is missing`, `Deployment web has changed`. */
  readonly drift: readonly string[];
  /** Images that run instead of those that were deployed, after an update that has failed halfway. */
  readonly runs: Partial<Images>;
}

/** Undefined where the cluster can't be asked, which is said. */
async function lookInside(preview: Deployed, { state }: Deployment): Promise<There | undefined> {
  try {
    const { drift, live } = await lookForDrift(preview, state);
    return {
      drift: [
        ...drift.map(({ kind, name, what }) => `${kind} ${name} ${what === "missing" ? "is missing" : "has changed"}`),
        ...(claimGoing(live) === undefined ? [] : ["the database's volume is being deleted"]),
        ...(emptiedSince(live).length > 0 ? ["the database's volume isn't the one that was migrated"] : []),
      ],
      runs: imagesInstead(live, preview.images),
    };
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    report(`objects not checked: ${error.message}`);
    return undefined;
  }
}

interface Facts {
  readonly answers: string;
  readonly facts?: Readonly<Record<string, string | undefined>>;
  readonly there?: There;
  readonly login?: Login;
}

function rowsOf(
  { url, apiUrl, namespace, images }: Deployed,
  { answers, facts = {}, there, login }: Facts,
): [string, string][] {
  const { health, ...others } = facts;
  const said = health === "asleep" ? `${answers}, for it is asleep` : answers;
  const rows = {
    url,
    "api url": apiUrl,
    answers: said,
    namespace,
    ...images,
    "api runs": there?.runs.api,
    "web runs": there?.runs.web,
    ...others,
    "not as deployed": there?.drift.join(", ") || undefined,
    ...login,
  };
  return Object.entries(rows).filter((row): row is [string, string] => row[1] !== undefined);
}

async function statusesOf(context: PulumiContext, site: SharedIdentity, now: Date, only?: number): Promise<Status[]> {
  const zone = zoneOf(site);
  const records = zone && (() => zone.ownedRecords());
  const codeHost = codeHostOrNone(site.owner.repository);
  const seen = await gatherSeen({ context, site, records, codeHost, report, signal: interruption }, now, only);
  return seen.map((one) => statusOf(one, now));
}

/** To look is no reason to require one, not even in a workflow. */
function codeHostOrNone(repository: string): CodeHost | undefined {
  try {
    const host = codeHostFor(repository);
    if (host === undefined) {
      report(noCodeHost);
    }
    return host;
  } catch (error) {
    report(`pull request not checked: ${(error as Error).message}`);
    return undefined;
  }
}
