import type { Command } from "@commander-js/extra-typings";
import { tokenVariables } from "../../clients/code-host";
import { table } from "table";
import { UserError } from "../../contract";
import { safeJson, sanitizeLine } from "../../clients/process/sanitize-output";
import { refuseUnsafeBackend } from "../../clients/pulumi/backend";
import { sharedIdentity } from "../../lifecycle/inventory/preview";
import { type Outcome, type Plan, reconcile, type Row } from "../../lifecycle/reconcile";
import { codeHostFor } from "../../lifecycle/workspace";
import { count, pullRequest } from "../arguments";
import { print, say } from "../output/print";
import { ci, reportingWorkspace } from "../workspace";

/**
 * Reconciles the current project's stacks, cluster and zone with its code host. Exits with 1 if something failed, couldn't be
 * determined, or exceeded the cap.
 */
export const addReconcile = (program: Command) =>
  program
    .command("reconcile")
    .description(
      "close previews whose pull request is closed or that have expired, update those behind its head, report the rest",
    )
    .argument("[number]", "only this pull request's, and resolve anew what it is paired with", pullRequest)
    .option("--dry-run", "show the plan and change nothing")
    .option("--max-closings <count>", "close none if more than this many would be closed", count, 10)
    .option("--json", "print the plan and its outcomes as JSON")
    .action(async (only, { dryRun, maxClosings, json = false }) => {
      const workspace = reportingWorkspace();
      await refuseUnsafeBackend(workspace, ci.run.isWorkflow);
      const site = await sharedIdentity(workspace);
      const codeHost = codeHostFor(workspace, site.owner.repository);
      if (codeHost === undefined) {
        throw new UserError(
          "reconcile needs a code host to ask which pull requests are closed: set the setting repository " +
            `(pulumi config set --stack preview repository owner/name) and the variable ${tokenVariables}`,
        );
      }
      // Shown before anything happens, even with --json: on standard error then.
      const show = (plan: Plan) => (json ? say : print)(planAsText(plan));
      const { plan, outcomes, ok } = await reconcile(workspace, { site, codeHost, only, dryRun, maxClosings, show });
      if (json) {
        print(asJson(plan, outcomes));
      }
      process.exitCode = ok ? 0 : 1;
    });

/** One line for each preview. */
export function planAsText({ rows }: Plan): string {
  if (rows.length === 0) {
    return "there are no previews";
  }
  const lines = rows.map((row) => [row.name, consistsOf(row), row.action, row.reason].map(sanitizeLine));
  return table([["preview", "found", "action", "reason"], ...lines], {
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

/** For scripts: every preview with its action, and the outcome of those that were acted on. */
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
  return safeJson({ format: "preview-stack/reconcile/v1", isOverCap, previews });
}
