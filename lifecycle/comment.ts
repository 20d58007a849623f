import { isComplete, type Receipt } from "../contract";
import type { UpResult } from "./up";

/** The text of the one comment on a pull request, in Markdown, after an update. It never has a password. */
export function commentOnUp(pullRequest: number, result: UpResult & { outcome: "up" }): string {
  const { preview, asleep, seconds } = result;
  const took = Object.values(seconds).reduce((total, spent) => total + spent, 0);
  return [
    `### Preview ${asleep ? "asleep" : "ready"}: ${preview.url}`,
    "",
    "| part | revision | image |",
    "| --- | --- | --- |",
    ...(["api", "web"] as const).map(
      (part) => `| ${part} | \`${preview.revisions[part]}\` | \`${preview.images[part]}\` |`,
    ),
    "",
    `It took ${Math.round(took)} s. To log in: \`npx preview status ${pullRequest} --login\` shows the login to whoever may read its Secret.`,
  ].join("\n");
}

/** After an update or a closing that failed: the error names the setting or the object to look at. */
export function commentOnFailure(what: "update" | "closing", message: string): string {
  return [`### Preview: the ${what} failed`, "", fenced(message)].join("\n");
}

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
