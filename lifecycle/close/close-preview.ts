import { type Receipt, UserError } from "../../contract";
import { removeDeadLocks } from "../../clients/pulumi/backend";
import { removeView } from "../../clients/pulumi/configuration/stack-file";
import { withLock } from "../../clients/pulumi/stack-lock";
import { refuseForeign } from "../../clients/kubernetes/namespace";
import { isRemoved, stackName } from "../../clients/pulumi/stacks";
import { deleteLeftNamespace, destroyStack } from "./destroy";
import { look, type Look, ownRecords, waitUntilGone } from "./look-for-remains";
import type { Ask, CloseOptions } from "./options";

/**
 * Closes a preview, whatever state it is in, and checks that everything is gone.
 *
 * @throws UserError if the cluster or the DNS provider can't be asked, or the namespace belongs to another owner: nothing was
 *   changed then, and the command can be repeated
 */
export async function closePreview(options: CloseOptions): Promise<Receipt> {
  const { context, identity, report } = options;
  const startedAt = now();
  const asked: Receipt["asked"][number][] = [];
  const ask: Ask = async (what, action) => {
    asked.push({ at: now(), what });
    report(what);
    return action();
  };
  const stack = stackName(identity.owner.pullRequest);

  const attempt = async (): Promise<Look> => {
    asked.length = 0;
    const before = await lookBefore(options);
    await options.confirm?.(before.namespace);
    if (before.names.stack.length > 0) {
      // A concurrent close may be faster.
      await destroyStack(options, before.namespace, ask).catch((error: unknown) => {
        if (!isRemoved(error, stack)) {
          throw error;
        }
      });
    }
    return before;
  };
  const before = await withLock(context, stack, attempt, options);
  // From here on another run may recreate the preview: only what existed before is touched.
  removeView(context, stack);
  if (before.names.stack.length === 0) {
    await removeDeadLocks(context, stack);
  }
  await (before.namespace && deleteLeftNamespace(options, before.namespace, ask));
  await deleteLeftRecords(options, before, ask);

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

/** @throws UserError if there is something that must not be closed, or that can't be checked */
async function lookBefore(options: CloseOptions): Promise<Look> {
  const before = await look(options);
  const { namespace, notChecked } = before;
  if (namespace !== undefined) {
    const advice = ". If it took this preview's place, delete the stack's state by hand: pulumi stack rm --force";
    refuseForeign(namespace, options.identity.owner, advice);
  }
  if (notChecked.dnsRecords !== undefined) {
    throw new UserError(`nothing was changed: ${notChecked.dnsRecords}`);
  }
  return before;
}

/** Deletes orphaned DNS records. One that can't be deleted is in the receipt as still there. */
async function deleteLeftRecords(options: CloseOptions, { recordIds }: Look, ask: Ask): Promise<void> {
  const left = await ownRecords(options).catch(() => []);
  for (const { id, name } of left.filter((record) => recordIds.includes(record.id))) {
    await ask(`deleting the DNS record ${name}, which is in no stack's state`, () =>
      options.dns!.delete(id).catch((error: unknown) => options.report((error as Error).message)),
    );
  }
}

const now = () => new Date().toISOString();
