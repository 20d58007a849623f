import type { CodeHost } from "../../clients/code-host";
import type { SharedIdentity } from "../inventory/identity";
import { codeHostFor, noCodeHost, type Workspace, zoneOf } from "../workspace";
import { gatherSeen, type One } from "./gather-seen";
import { type Status, statusOf } from "./status-of";

/**
 * The status of all previews of a project, or of one.
 *
 * @throws UserError if the backend can't be asked
 */
export async function statusesOf(workspace: Workspace, site: SharedIdentity, now: Date, only?: One): Promise<Status[]> {
  const { report, interruption: signal } = workspace;
  const zone = zoneOf(workspace, site);
  const records = zone && (() => zone.ownedRecords());
  const codeHost = codeHostOrNone(workspace, site.owner.repository);
  const seen = await gatherSeen({ context: workspace, site, records, codeHost, report, signal }, now, only);
  return seen.map((one) => statusOf(one, now));
}

/** Status works without one, even in a workflow. */
function codeHostOrNone(workspace: Workspace, repository: string): CodeHost | undefined {
  try {
    const host = codeHostFor(workspace, repository);
    if (host === undefined) {
      workspace.report(noCodeHost);
    }
    return host;
  } catch (error) {
    workspace.report(`pull request not checked: ${(error as Error).message}`);
    return undefined;
  }
}
