import { isComplete, productImages, type Receipt } from "../contract";
import { sanitizeOutput } from "../clients/process/sanitize-output";
import type { UpResult } from "../lifecycle/up";
import { summary } from "./output/contract-report";

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
    ...productImages.map((part) => `| ${part} | \`${preview.revisions[part]}\` | \`${preview.images[part]}\` |`),
    "",
    ...(checks === undefined ? [] : ["Its contract check:", "", fenced(summary(checks)), ""]),
    `It took ${Math.round(took)} s. To log in: \`npx preview status ${pullRequest} --login\` shows the login to anyone who may read its Secret.`,
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

/**
 * How much of a text is shown, in characters, from its beginning and from its end: GitHub takes 65536 in a comment, and the fence
 * may have to be as long as the text.
 */
const shown = { beginning: 16_000, end: 8_000 };

/** What a pull request's code has printed is among it: a fence that is longer than any in it keeps it text. */
function fenced(all: string): string {
  const text = abridged(sanitizeOutput(all));
  const longest = [...text.matchAll(/`+/g)].reduce((most, [ticks]) => Math.max(most, ticks.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** The beginning says what failed, the end how. */
function abridged(text: string): string {
  const left = text.length - shown.beginning - shown.end;
  const [beginning, end] = [text.slice(0, shown.beginning), text.slice(-shown.end)].map((part) => part.toWellFormed());
  return left <= 0 ? text : `${beginning}\n… ${left} characters are left out here …\n${end}`;
}
