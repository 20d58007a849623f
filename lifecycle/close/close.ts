import { rmSync } from "node:fs";
import { type Receipt, UserError } from "../../contract";
import type { Zone } from "../dns";
import type { Identity } from "../identity";
import type { LockOptions } from "../lock";
import type { PulumiContext } from "../pulumi";
import { isRemoved, stackName } from "../stack";
import { deleteLeftNamespace, destroyStack, refuseTakenOver } from "./destroy";
import { configFile, look, ownRecords, waitUntilGone } from "./look";

export interface CloseOptions extends LockOptions {
  readonly context: PulumiContext;
  readonly identity: Identity;
  /** Undefined where previews have no record of their own. */
  readonly dns?: Zone;
  /** Lets objects go whose finalizers nobody takes away. @default false */
  readonly forceFinalizers?: boolean;
}

/** Does something that the receipt says was asked for. */
export type Ask = <Result>(what: string, action: () => Promise<Result>) => Promise<Result>;

/**
 * Closes a preview, whatever state it is in, and looks for itself whether all of it is gone.
 *
 * @throws UserError where cluster or DNS provider can't be asked or the namespace is somebody else's: nothing was changed
 *   then, and the same command can be given again
 */
export async function closePreview(options: CloseOptions): Promise<Receipt> {
  const { identity, report } = options;
  const startedAt = now();
  const asked: Receipt["asked"][number][] = [];
  const ask: Ask = async (what, action) => {
    asked.push({ at: now(), what });
    report(what);
    return action();
  };
  const before = await look(options);
  refuseTakenOver(before.namespace, options);
  if (before.notChecked.dnsRecords !== undefined) {
    throw new UserError(`nothing was changed: ${before.notChecked.dnsRecords}`);
  }

  let { namespace } = before;
  if (before.names.stack.length > 0) {
    namespace = await destroyStack(options, ask).catch((error: unknown) => {
      // Another closing at the same time was faster.
      if (!isRemoved(error, stackName(identity.owner.pullRequest))) {
        throw error;
      }
      return namespace;
    });
  }
  // Before all that takes time: from here on another run may make the preview anew.
  rmSync(configFile(options), { force: true });
  if (namespace !== undefined) {
    await deleteLeftNamespace(options, namespace, ask);
  }
  // What fails from here on is said in the receipt.
  for (const { id, name } of await ownRecords(options).catch(() => [])) {
    await ask(`deleting the DNS record ${name}, which no stack knows of`, () =>
      options.dns!.delete(id).catch((error: unknown) => report((error as Error).message)),
    );
  }

  const seen = await waitUntilGone(options);
  return {
    format: "preview-stack/receipt/v1",
    ...identity.owner,
    host: identity.names.host,
    cluster: identity.kubeContext,
    startedAt,
    finishedAt: now(),
    existed: before.names,
    asked,
    seen,
  };
}

const now = () => new Date().toISOString();
