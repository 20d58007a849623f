import { styleText } from "node:util";
import { table } from "table";
import { safeJson, sanitizeLine } from "../../clients/process/sanitize-output";
import type { Finding, Outcome } from "../../verify/check";
import type { Report } from "../../verify/run-checks";

const style: Record<Outcome, Parameters<typeof styleText>[0]> = {
  passed: "green",
  warning: "yellow",
  failed: ["red", "bold"],
  "not checked": "dim",
};

/** How many findings have which outcome. */
export function countsOf(findings: readonly Finding[]): Record<Outcome, number> {
  const counts = { passed: 0, warning: 0, failed: 0, "not checked": 0 };
  for (const { outcome } of findings) {
    counts[outcome] += 1;
  }
  return counts;
}

/** The report as JSON, for a pipeline. */
export function asJson({ target, ok, cause, findings }: Report): string {
  return safeJson({ target, ok, cause, counts: countsOf(findings), findings });
}

/** The report for people: why most checks couldn't run, a table of all checks, the summary. `width` is the terminal's. */
export const asText = (report: Report, width: number): string =>
  [...causeOf(report), tableOf(report.findings, width), summaryOf(report)].join("\n");

/** Why most checks couldn't run, what to change, then a line with the counts. */
export const summary = (report: Report): string => [...causeOf(report), summaryOf(report)].join("\n");

const causeOf = ({ cause }: Report): string[] => (cause === undefined ? [] : [sanitizeLine(cause)]);

function summaryOf({ target, findings }: Report): string {
  const wrong = findings.filter(({ setting }) => setting !== undefined);
  const advice = wrong.map(
    ({ id, outcome, title, seen, setting, why }) =>
      `${outcome}: ${id}\n` +
      `  should be  ${title}\n  seen       ${sanitizeLine(seen)}\n  change     ${setting}\n  otherwise  ${why}\n`,
  );
  const counts = Object.entries(countsOf(findings)).filter(([, count]) => count > 0);
  return [...advice, `${target}: ${counts.map(([outcome, count]) => `${count} ${outcome}`).join(", ")}`].join("\n");
}

/** Colours the outcomes in the table and above each piece of advice. */
export const coloured = (text: string): string =>
  text.replace(
    /(?<=^║ [\w-]+ +│ )(?:passed|warning|failed|not checked)(?= )|^(?:warning|failed)(?=: [\w-]+$)/gm,
    (outcome) => styleText(style[outcome as Outcome], outcome),
  );

function tableOf(findings: readonly Finding[], width: number): string {
  const idWidth = Math.max(...findings.map(({ id }) => id.length));
  const outcomeWidth = "not checked".length;
  // Two borders, two separators, and a space on either side of each cell.
  const seenWidth = Math.max(20, width - idWidth - outcomeWidth - 10);
  const rows = findings.map(({ id, outcome, title, seen }) => [
    id,
    outcome,
    outcome === "passed" ? title : sanitizeLine(seen),
  ]);
  return table([["check", "outcome", "expectation, or what was seen"], ...rows], {
    columns: [{ width: idWidth }, { width: outcomeWidth }, { width: seenWidth, wrapWord: true }],
    drawHorizontalLine: (index, count) => index <= 1 || index === count,
  });
}
