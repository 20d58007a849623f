import type { Command } from "@commander-js/extra-typings";
import { tokenVariables } from "../../clients/code-host";
import { table } from "table";
import { UserError } from "../../contract";
import { safeJson, sanitizeLine } from "../../clients/process/sanitize-output";
import { refuseUnsafeBackend } from "../../clients/pulumi/backend";
import { sharedIdentity } from "../../lifecycle/inventory/preview";
import { type Outcome, type Plan, reconcile, type Row } from "../../lifecycle/reconcile";
import { codeHostFor } from "../../lifecycle/workspace";
import { count } from "../arguments";
import { print, say } from "../output/print";
import { ci, reportingWorkspace } from "../workspace";

/**
 * Reconciles the previews of the current project: its stacks, its cluster and its zone against its code host. The exit code is
 * 1 where something failed, wasn't known, or was too much.
 */
export const addReconcile = (program: Command) =>
  program
    .command("reconcile")
    .description(
      "close previews whose pull request is closed or whose time is up, bring those that are behind to its head, report the rest",
    )
    .option("--dry-run", "show the plan and change nothing")
    .option("--max-closings <count>", "close none when it would be more than this", count, 10)
    .option("--json", "the plan and what came of it, as JSON")
    .action(async ({ dryRun, maxClosings, json = false }) => {
      const workspace = reportingWorkspace();
      await refuseUnsafeBackend(workspace, ci.run.isWorkflow);
      const site = await sharedIdentity(workspace);
      const codeHost = codeHostFor(workspace, site.owner.repository);
      if (codeHost === undefined) {
        throw new UserError(
          "reconciling needs a code host that says which pull requests are closed: set the setting repository and " +
            `${tokenVariables} (pulumi config set --stack preview repository owner/name)`,
        );
      }
      // The plan is seen before anything happens, also by anyone who waits for the JSON.
      const show = (plan: Plan) => (json ? say : print)(planAsText(plan));
      const { plan, outcomes, ok } = await reconcile(workspace, { site, codeHost, dryRun, maxClosings, show });
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
  return safeJson({ format: "preview-stack/reconcile/v1", isOverCap, previews });
}
