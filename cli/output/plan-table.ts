import { table } from "table";
import { harmlessJson, harmlessLine } from "./harmless";
import type { Outcome } from "../../lifecycle/reconcile/carry-out";
import type { Plan, Row } from "../../lifecycle/reconcile/plan";

/** One line for each preview. */
export function planAsText({ rows }: Plan): string {
  if (rows.length === 0) {
    return "there are no previews";
  }
  const lines = rows.map((row) => [row.name, consistsOf(row), row.action, row.reason].map(harmlessLine));
  return table([["preview", "there is", "action", "why"], ...lines], {
    columns: { 3: { width: 60, wrapWord: true } },
    drawHorizontalLine: (index, count) => index < 2 || index === count,
  }).trimEnd();
}

function consistsOf({ hasStack, namespace, records }: Row): string {
  const parts = [
    hasStack && "stack",
    namespace !== undefined && "namespace",
    records.length > 0 && (records.length === 1 ? "record" : `${records.length} records`),
  ];
  return parts.filter(Boolean).join(", ");
}

/** For scripts: every preview with its action, and what came of it where there was something to do. */
export function asJson({ rows, isOverCap }: Plan, outcomes: ReadonlyMap<number, Outcome>): string {
  const previews = rows.map(({ pullRequest, name, hasStack, namespace, records, action, reason, commit }) => ({
    pullRequest,
    name,
    stack: hasStack,
    namespace: namespace !== undefined,
    dnsRecords: records,
    action,
    reason,
    commit,
    ...outcomes.get(pullRequest),
  }));
  return harmlessJson({ format: "preview-stack/reconcile/v1", isOverCap, previews });
}
