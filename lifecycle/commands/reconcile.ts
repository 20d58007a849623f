import { isComplete, UserError } from "../../contract";
import { refuseUnsafeBackend } from "../backend";
import { zoneOf } from "../dns";
import { identityOf } from "../identity";
import { interruption } from "../interruption";
import { report, reportingProject } from "../project";
import { type ReconcileOptions, reconcileSite } from "../reconcile";
import { configuredStack, stacks } from "../stack";
import { closeByNumber } from "./close";
import { codeHostFor, deploy } from "./up";

/** Reconciles the previews of the current project: its stacks, its cluster and its zone against its code host. */
export async function reconcile(options: ReconcileOptions): Promise<void> {
  const context = reportingProject();
  await refuseUnsafeBackend(context);
  const names = (await stacks(context)).map(({ name }) => name.split("/").at(-1) ?? name);
  const any = names.find((name) => /^pr-\d+$/.test(name)) ?? "preview";
  const shared = await configuredStack(context, names.includes("preview") ? "preview" : any);
  if (shared === undefined) {
    throw new UserError(
      "there is no stack, so nothing says where previews would be: make the stack preview (README.md)",
    );
  }
  const identity = await identityOf(context, 1, shared);
  const codeHost = codeHostFor(identity.owner.repository);
  if (codeHost === undefined) {
    throw new UserError(
      "reconciling needs a code host that says which pull requests are closed: set the setting repository and GITHUB_TOKEN",
    );
  }
  const zone = zoneOf(identity);
  await reconcileSite(
    {
      context,
      kubeContext: identity.kubeContext,
      codeHost,
      records: zone && (() => zone.ownedRecords()),
      site: identity,
      redeploy: async (pullRequest, commit) => {
        const result = await deploy(context, pullRequest, codeHost, commit);
        return result.outcome === "stepped aside" ? result.reason : undefined;
      },
      close: async (pullRequest) => {
        const receipt = await closeByNumber(context, pullRequest, {});
        if (!isComplete(receipt)) {
          throw new UserError(`not all of it is gone: preview close ${pullRequest} says what is left`);
        }
      },
      report,
      signal: interruption,
    },
    options,
  );
}
