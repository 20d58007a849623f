import { stripVTControlCharacters } from "node:util";
import { isComplete, type Receipt } from "../contract";
import type { UpResult } from "./up";
import { summary } from "./verify/report";

/**
 * The text of the one comment on a pull request, in Markdown, after an update. It never has a password.
 *
 * @param runPage where the run's output is, and the screenshots that it has kept
 */
export function commentOnUp(pullRequest: number, result: UpResult & { outcome: "up" }, runPage?: string): string {
  const { preview, asleep, checks, screenshots = [], seconds } = result;
  const state = asleep ? "asleep" : checks?.ok === false ? "up, but not all is well" : "ready";
  const took = Object.values(seconds).reduce((total, spent) => total + spent, 0);
  return [
    `### Preview ${state}: ${preview.url}`,
    "",
    "| part | revision | image |",
    "| --- | --- | --- |",
    ...(["api", "web"] as const).map(
      (part) => `| ${part} | \`${preview.revisions[part]}\` | \`${preview.images[part]}\` |`,
    ),
    "",
    ...(checks === undefined ? [] : ["Its contract check:", "", fenced(stripVTControlCharacters(summary(checks))), ""]),
    `It took ${Math.round(took)} s. To log in: \`npx preview status ${pullRequest} --login\` shows the login to whoever may read its Secret.`,
    ...runLine(runPage, screenshots.length > 0 ? "Screenshots and output" : undefined),
  ].join("\n");
}

/** After an update or a closing that failed: the error names the setting or the object to look at. */
export function commentOnFailure(what: "update" | "closing", message: string, runPage?: string): string {
  return [`### Preview: the ${what} failed`, "", fenced(message), ...runLine(runPage)].join("\n");
}

const runLine = (page?: string, what = "Output") => (page === undefined ? [] : ["", `${what}: ${page}`]);

/** After a closing. */
export function commentOnClose(receipt: Receipt): string {
  const rows = Object.entries(receipt.seen).map(([kind, seen]) => `| ${kind} | ${seen.state} |`);
  return [
    `### Preview ${isComplete(receipt) ? "closed" : "NOT closed"}`,
    "",
    `Looked for at ${receipt.finishedAt}:`,
    "",
    "| what | seen |",
    "| --- | --- |",
    ...rows,
  ].join("\n");
}

/** What a pull request's code has printed is among it: a fence that is longer than any in it keeps it text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
