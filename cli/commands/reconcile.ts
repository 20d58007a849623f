import type { Command } from "@commander-js/extra-typings";
import { tokenVariables } from "../../clients/code-host";
import { table } from "table";
import { type Pair, UserError } from "../../contract";
import { safeJson, sanitizeLine } from "../../clients/process/sanitize-output";
import { refuseUnsafeBackend } from "../../clients/pulumi/backend";
import { sharedIdentity } from "../../lifecycle/inventory/preview";
import { type Outcome, type Plan, reconcile, type Row, type Updated } from "../../lifecycle/reconcile";
import { codeHostFor } from "../../lifecycle/workspace";
import { count, pullOfRepository, pullRequest } from "../arguments";
import { postComment, postResult } from "../code-host";
import { commentOnFailure } from "../comment";
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
    .option("--depends-on <pull request>", "only previews that are paired with it: myorg/backend#515", pullOfRepository)
    .option("--comment", "comment on the pull requests whose previews are updated or can't be")
    .option("--dry-run", "show the plan and change nothing")
    .option("--max-closings <count>", "close none if more than this many would be closed", count, 10)
    .option("--json", "print the plan and its outcomes as JSON")
    .action(async (only, { dependsOn, comment = false, dryRun, maxClosings, json = false }) => {
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
      const updated = (number: number, result: Updated, former?: Pair) =>
        postResult(workspace, codeHost, number, result, former);
      const options = { site, codeHost, only, dependsOn, dryRun, maxClosings, show, ...(comment && { updated }) };
      const { plan, outcomes, ok } = await reconcile(workspace, options);
      if (json) {
        print(asJson(plan, outcomes));
      }
      for (const [number, why] of comment && dryRun !== true ? notUpdated(plan, outcomes, only) : []) {
        await postComment(codeHost, number, commentOnFailure("update", why, ci.runPage));
      }
      process.exitCode = ok ? 0 : 1;
    });

/**
 * Why previews weren't updated, by pull request: an update failed, or the only preview that was looked at can't be paired. Of the
 * others' pairs each run would say so again.
 */
export function notUpdated(
  { rows }: Plan,
  outcomes: ReadonlyMap<number, Outcome>,
  only?: number,
): [pullRequest: number, why: string][] {
  return rows.flatMap(({ pullRequest: number, action, reason, isStuck }): [number, string][] => {
    const outcome = outcomes.get(number);
    if (action === "redeploy" && outcome?.outcome === "failed") {
      return [[number, outcome.why]];
    }
    return isStuck === true && number === only ? [[number, reason]] : [];
  });
}

/** One line for each preview. */
export function planAsText({ rows }: Plan): string {
  if (rows.length === 0) {
    return "no previews found";
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
