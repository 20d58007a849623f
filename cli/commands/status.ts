import type { Command } from "@commander-js/extra-typings";
import { getBorderCharacters, table } from "table";
import { resolvedText, shortCommit, standardParts, UserError } from "../../contract";
import { safeJson, sanitizeLine } from "../../clients/process/sanitize-output";
import { sharedIdentity } from "../../lifecycle/inventory/preview";
import { type Checked, type Details, detailsOf, type Requests, type Status, statusesOf } from "../../lifecycle/status";
import { pullRequest } from "../arguments";
import { ageOf, relative } from "../output/duration";
import { print } from "../output/print";
import { workspace } from "../workspace";

/** Only reports: exits with 0 whatever is wrong with a preview. */
export const addStatus = (program: Command) =>
  program
    .command("status")
    .description("list all previews, or show the details of one and whether it serves")
    .argument("[number]", "the pull request number", pullRequest)
    .option("--login", "show the reviewers' login, which takes the right to read its Secret")
    .option("--json", "print JSON")
    .action(async (number, { login, json = false }) => {
      const now = new Date();
      if (number !== undefined) {
        const details = await detailsOf(workspace(), number, now, { login });
        print(json ? detailsAsJson(number, details) : detailsAsText(details, now));
        return;
      }
      if (login === true) {
        throw new UserError("--login shows the login of one preview: give its number, preview status 123 --login");
      }
      const own = workspace();
      const previews = await statusesOf(own, await sharedIdentity(own), now);
      print(json ? statusAsJson(previews, now) : statusAsText(previews, now, process.stdout.columns));
    });

const detailsAsJson = (pullRequest: number, { preview, parts, status, answers, inside, login }: Details): string =>
  safeJson({ pullRequest, ...preview, parts, ...status, answers, ...inside, login });

function detailsAsText(details: Details, now: Date): string {
  const rows = rowsOf(details, now);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${sanitizeLine(value)}`).join("\n");
}

export function rowsOf({ preview, parts, answers, status, inside, login }: Details, now: Date): [string, string][] {
  const { url, apiUrl, namespace, images, pair = {} } = preview;
  const { health, ...others } = status === undefined ? { health: undefined } : factsOf(status, now);
  const rows = {
    url,
    "api url": apiUrl,
    answers: health === "asleep" ? `${answers} (asleep)` : answers,
    namespace,
    parts: parts.join(", "),
    ...Object.fromEntries(Object.entries(images).map(([name, image]) => [imageRow(name), image])),
    ...Object.fromEntries(Object.entries(pair).map(([name, one]) => [`${name} from`, resolvedText(one)])),
    ...Object.fromEntries(Object.entries(inside?.runs ?? {}).map(([part, image]) => [`${part} runs`, image])),
    ...others,
    "not as deployed": inside?.drift.join(", ") || undefined,
    ...login,
  };
  return Object.entries(rows).filter((row): row is [string, string] => row[1] !== undefined);
}

/** A service may be called like any other row. */
const imageRow = (name: string) => (name in standardParts ? name : `${name} image`);

/** The columns that are dropped on a narrow terminal, in this order; `status N` and `--json` show all. */
const dispensable = ["memory", "cpu", "head", "expires", "age", "deployed"];

/**
 * One line for each preview.
 *
 * @param width the terminal's; columns are dropped until the table fits @default no limit
 */
export function statusAsText(previews: readonly Status[], now: Date, width = Infinity): string {
  if (previews.length === 0) {
    return "there are no previews";
  }
  const facts = previews.map((preview) => ({ preview: preview.name, ...factsOf(preview, now) }));
  for (let dropped = 0; ; dropped += 1) {
    const text = tableOf(facts, dispensable.slice(0, dropped));
    if (dropped === dispensable.length || text.indexOf("\n") <= width) {
      return text;
    }
  }
}

function tableOf(facts: readonly Readonly<Record<string, string | undefined>>[], dropped: readonly string[]): string {
  const header = Object.keys(facts[0]!).filter((name) => !dropped.includes(name));
  const lines = facts.map((row) => header.map((name) => sanitizeLine(row[name] ?? "")));
  const width = Math.min(30, Math.max(...[header, ...lines].map((line) => line.at(-1)!.length)));
  return table([header, ...lines], {
    border: getBorderCharacters("norc"),
    columns: { [header.length - 1]: { width, wrapWord: true } },
    drawHorizontalLine: (index, count) => index < 2 || index === count,
  }).trimEnd();
}

/** The cells of a preview's row, by column. */
export function factsOf(preview: Status, now: Date): Record<string, string | undefined> {
  const { state, sha, head, health, created, expires, requests, wrong } = preview;
  return {
    "pull request": state,
    deployed: known(sha, shortCommit),
    head: known(head, shortCommit),
    health,
    age: known(created, (moment) => ageOf(moment, now)),
    expires: known(expires, (moment) => relative(moment, now)),
    cpu: known(requests, cpuOf),
    memory: known(requests, memoryOf),
    "what is wrong": wrong.join(", ") || undefined,
  };
}

/** For scripts: everything known about every preview. */
export function statusAsJson(previews: readonly Status[], now: Date): string {
  return safeJson({ format: "preview-stack/status/v1", at: now.toISOString(), previews });
}

function known<Value extends string | Requests>(
  value: Checked<Value> | undefined,
  show: (value: Value) => string,
): string | undefined {
  return value === undefined || value === "not checked" ? value : show(value);
}

const cpuOf = ({ cpu }: Requests) => (Number.isInteger(cpu) ? String(cpu) : `${Math.round(cpu * 1000)}m`);
const memoryOf = ({ memory }: Requests) => `${Math.round(memory / 2 ** 20)}Mi`;
