import { dependencyText, isComplete, type PullName, type Receipt, type Resolved } from "../contract";
import { sanitizeOutput } from "../clients/process/sanitize-output";
import { isFollowed } from "../lifecycle/pairs";
import type { UpResult } from "../lifecycle/up";
import { summary } from "./output/contract-report";

/**
 * The comment on a pull request after an update, in Markdown. It never contains a password.
 *
 * @param runPage the workflow run's page, with its log and screenshots
 */
export function commentOnUp(pullRequest: number, result: UpResult & { outcome: "up" }, runPage?: string): string {
  const { preview, asleep, checks, screenshots = [], seconds } = result;
  const state = asleep ? "asleep" : checks?.ok === false ? "up, with failed checks" : "ready";
  const took = Object.values(seconds).reduce((total, spent) => total + spent, 0);
  return [
    `### Preview ${state}: ${preview.url}`,
    "",
    ...imagesTable(preview),
    "",
    ...(checks === undefined ? [] : ["Contract check:", "", fenced(summary(checks)), ""]),
    `It took ${Math.round(took)} s. To log in: \`npx preview status ${pullRequest} --login\` shows the login, if you may read its Secret.`,
    ...runLine(runPage, screenshots.length > 0 ? "Screenshots and output" : undefined),
  ].join("\n");
}

/**
 * The comment on a pull request of another repository that a preview runs.
 *
 * @param name the previewed pull request's, `myorg/web#12`
 */
export function commentOnDependency(
  name: string,
  { preview, asleep }: UpResult & { outcome: "up" },
  followed: PullName,
): string {
  const runs = Object.entries(preview.pair ?? {})
    .filter(([part, resolved]) => isFollowed({ [part]: resolved }, followed))
    .map(([part, { commit }]) => `| ${part} | \`${commit}\` |`);
  return [
    `### Runs in the preview of ${name}${asleep ? ", which is asleep" : ""}: ${preview.url}`,
    "",
    "| part | commit |",
    "| --- | --- |",
    ...runs,
  ].join("\n");
}

/** The same once the preview runs something else, or the pull request is merged. */
export const commentOnFormerDependency = (name: string): string =>
  `### The preview of ${name} no longer follows this pull request`;

/** With what a part was resolved to if another repository builds one. */
function imagesTable({ images, revisions, pair }: (UpResult & { outcome: "up" })["preview"]): string[] {
  const rows = Object.entries(images).map(([name, image]) => [
    name,
    `\`${revisions[name]}\``,
    `\`${image}\``,
    ...(pair === undefined ? [] : [pair[name] === undefined ? "" : fromText(pair[name])]),
  ]);
  const header = ["part", "revision", "image", ...(pair === undefined ? [] : ["from"])];
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

/** A pull request as a link; other names might mention somebody. */
function fromText(resolved: Resolved): string {
  const text = dependencyText(resolved);
  return "pull" in resolved.ref ? `${text}${resolved.merged ? " (merged)" : ""}` : `\`${text}\``;
}

/** @param message the error's, which names the setting or the object to look at */
export function commentOnFailure(what: "update" | "close", message: string, runPage?: string): string {
  return [`### Preview: the ${what} failed`, "", fenced(message), ...runLine(runPage)].join("\n");
}

const runLine = (page?: string, what = "Output") => (page === undefined ? [] : ["", `${what}: ${page}`]);

export function commentOnClose(receipt: Receipt): string {
  const rows = Object.entries(receipt.seen).map(([kind, seen]) => `| ${kind} | ${seen.state} |`);
  return [
    `### Preview ${isComplete(receipt) ? "closed" : "NOT closed"}`,
    "",
    `Checked at ${receipt.finishedAt}:`,
    "",
    "| what | state |",
    "| --- | --- |",
    ...rows,
  ].join("\n");
}

/**
 * How much of a text is shown, in characters: GitHub allows 65536 in a comment, and a fence may have to be as long as its text.
 */
const shown = { beginning: 16_000, end: 8_000 };

/** Some of it was printed by the pull request's code: only a fence longer than any inside keeps it literal. */
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
  return left <= 0 ? text : `${beginning}\n… ${left} characters omitted …\n${end}`;
}
