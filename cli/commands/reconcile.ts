import { isComplete, recordFrom, UserError } from "../../contract";
import { refuseUnsafeBackend } from "../../clients/pulumi/backend";
import { deploymentOf } from "../../clients/pulumi/deployment";
import { zoneOf } from "../../clients/dns";
import { interruption } from "../interruption";
import { sharedIdentity } from "../../lifecycle/inventory/preview";
import { report, reportingProject } from "../project";
import { type ReconcileOptions, reconcileSite } from "../../lifecycle/reconcile";
import { stackName } from "../../clients/pulumi/stacks";
import { closeByNumber } from "./close";
import { codeHostFor } from "../code-host";
import { deploy } from "./up";

/** How long one preview, which another run is at work on, may hold up the others, in seconds. */
const patience = 120;

/** Reconciles the previews of the current project: its stacks, its cluster and its zone against its code host. */
export async function reconcile(options: ReconcileOptions): Promise<void> {
  const context = reportingProject();
  await refuseUnsafeBackend(context);
  const site = await sharedIdentity(context);
  const codeHost = codeHostFor(site.owner.repository);
  if (codeHost === undefined) {
    throw new UserError(
      "reconciling needs a code host that says which pull requests are closed: set the setting repository and " +
        "GITHUB_TOKEN (pulumi config set --stack preview repository owner/name)",
    );
  }
  const zone = zoneOf(site);
  await reconcileSite(
    {
      context,
      kubeContext: site.kubeContext,
      codeHost,
      records: zone && (() => zone.ownedRecords()),
      site,
      redeploy: async (pullRequest, commit, noted) => {
        const { record, outputs } = await deploymentOf(context, stackName(pullRequest));
        const isNoted = outputs.images?.api === noted.api && outputs.images?.web === noted.web;
        if (record !== undefined && (!isNoted || record.commit !== noted.sha)) {
          return "something else is deployed than what is noted on its namespace, by hand as it seems";
        }
        const result = await deploy(context, pullRequest, codeHost, { ...commit, patience, usesFile: false });
        return result.outcome === "stepped aside" ? result.reason : undefined;
      },
      close: async (pullRequest, confirm) => {
        const receipt = await closeByNumber(context, pullRequest, {
          confirm: (namespace) => confirm(namespace && recordFrom(namespace.annotations)),
          patience,
        });
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
