import { UserError } from "../../contract";
import type { CodeHost } from "../code-host";
import { deployed, type Deployed } from "../deployed";
import { zoneOf } from "../dns";
import { httpClient } from "../http-client";
import type { SharedIdentity } from "../identity";
import { type Login, requiredLogin } from "../login";
import { findPreview, sharedIdentity } from "../preview";
import { project, report } from "../project";
import type { PulumiContext } from "../pulumi";
import { answer } from "../serving";
import { factsOf, gatherSeen, statusAsJson, statusAsText, type Status, statusOf } from "../status";
import { codeHostFor, noCodeHost } from "./code-host";

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
  console.log((options.json === true ? statusAsJson : statusAsText)(previews, now));
}

/** What a preview consists of, what its host answers and, if asked for, its reviewers' login. */
async function statusOfOne(pullRequest: number, options: StatusOptions): Promise<void> {
  const context = project();
  const preview = await deployed(context, pullRequest);
  const login = options.login === true ? await requiredLogin(preview) : undefined;
  const now = new Date();
  const [answers, [known]] = await Promise.all([
    answer(preview.url, httpClient()),
    findPreview(context, pullRequest).then((known) =>
      known === undefined ? [] : statusesOf(context, known.identity, now, pullRequest),
    ),
  ]);
  if (options.json === true) {
    console.log(JSON.stringify({ pullRequest, ...preview, ...known, answers, login }, undefined, 2));
    return;
  }
  const rows = rowsOf(preview, answers, known && factsOf(known, now), login);
  const width = Math.max(...rows.map(([name]) => name.length));
  console.log(rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n"));
}

function rowsOf(
  { url, apiUrl, namespace, images }: Deployed,
  answers: string,
  facts: Record<string, string | undefined> | undefined,
  login: Login | undefined,
): [string, string][] {
  const { health, ...others } = facts ?? {};
  const said = health === "asleep" ? `${answers}, for it is asleep` : answers;
  const rows = { url, "api url": apiUrl, answers: said, namespace, ...images, ...others, ...login };
  return Object.entries(rows).filter((row): row is [string, string] => row[1] !== undefined);
}

async function statusesOf(context: PulumiContext, site: SharedIdentity, now: Date, only?: number): Promise<Status[]> {
  const zone = zoneOf(site);
  const records = zone && (() => zone.ownedRecords());
  const codeHost = codeHostOrNone(site.owner.repository);
  const seen = await gatherSeen({ context, site, records, codeHost, report }, now, only);
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
