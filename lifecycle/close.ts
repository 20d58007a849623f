import { existsSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { dnsComment, type Receipt, type Remains, remains, type Sighting, UserError } from "../contract";
import type { Zone } from "./dns";
import type { Identity } from "./identity";
import { kubectl, type Place } from "./kubectl";
import { withLock, type LockOptions } from "./lock";
import { findNamespace, heldObjects, type Namespace, refuseForeign, removeFinalizers, volumesOf } from "./namespace";
import { pulumi, type PulumiContext } from "./pulumi";
import { repairState } from "./repair";
import { configurationFile, isRemoved, stackName, stackNames } from "./stack";

export interface CloseOptions extends LockOptions {
  readonly context: PulumiContext;
  readonly identity: Identity;
  /** Undefined where previews have no record of their own. */
  readonly dns?: Zone;
  /** Lets objects go whose finalizers nobody takes away. @default false */
  readonly forceFinalizers?: boolean;
}

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
  const ask = async <Result>(what: string, action: () => Promise<Result>): Promise<Result> => {
    asked.push({ at: now(), what });
    report(what);
    return action();
  };
  const namespace = await findNamespace(placeOf(identity));
  if (namespace !== undefined) {
    refuseForeign(namespace, identity.owner, takenOver);
  }
  const before = await look(options);
  if (before.notChecked.dnsRecords !== undefined) {
    throw new UserError(`nothing was changed: ${before.notChecked.dnsRecords}`);
  }

  if (before.stack.length > 0) {
    await destroyStack(options, namespace, ask).catch((error: unknown) => {
      // Another closing at the same time was faster.
      if (!isRemoved(error, stackOf(identity))) {
        throw error;
      }
    });
  }
  // Before all that takes time: from here on another run may make the preview anew.
  rmSync(configFile(options), { force: true });
  await deleteLeftNamespace(options, ask);
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
    existed: mapRemains(before, (names) => names),
    asked,
    seen,
  };
}

type Ask = <Result>(what: string, action: () => Promise<Result>) => Promise<Result>;
type Look = Record<Remains, string[]> & { notChecked: Partial<Record<Remains, string>> };

const now = () => new Date().toISOString();
const placeOf = ({ kubeContext, names }: Identity): Place => ({ kubeContext, namespace: names.namespace });
const stackOf = ({ owner }: Identity) => stackName(owner.pullRequest);
const configFile = ({ context, identity }: CloseOptions) => configurationFile(context, stackOf(identity));

/** What to do where a namespace isn't this preview's any more. */
const takenOver = ". If it took this preview's place, delete the stack's state by hand: pulumi stack rm --force";

async function destroyStack(options: CloseOptions, namespace: Namespace | undefined, ask: Ask): Promise<void> {
  const { context, identity, report } = options;
  const stack = stackOf(identity);
  await withLock(
    context,
    stack,
    async () => {
      const present = { namespace: identity.names.namespace, exists: namespace !== undefined };
      await repairState(context, stack, present, report);
      const watching = new AbortController();
      const watch = watchNamespace(options, watching.signal);
      try {
        await ask(`destroying the stack ${stack}`, () =>
          pulumi(context, ["destroy", "--stack", stack, "--yes", "--skip-preview", "--remove"]),
        );
      } catch (error) {
        const still = await findNamespace(placeOf(identity));
        const reasons = still && (await obstacles(placeOf(identity), still));
        throw reasons === undefined || reasons.length === 0
          ? error
          : new UserError(`${(error as Error).message}\n${reasons.join("\n")}`);
      } finally {
        watching.abort();
        await watch;
      }
    },
    { ...options, report },
  );
}

/** A namespace that no stack knows of, because the run that made it was killed before it could write that down. */
async function deleteLeftNamespace(options: CloseOptions, ask: Ask): Promise<void> {
  const place = placeOf(options.identity);
  const namespace = await findNamespace(place);
  if (namespace === undefined) {
    return;
  }
  refuseForeign(namespace, options.identity.owner, takenOver);
  const watching = new AbortController();
  const watch = watchNamespace(options, watching.signal);
  try {
    await ask(`deleting the namespace ${place.namespace}, which no stack knows of`, () =>
      kubectl(place, ["delete", "namespace", place.namespace, "--ignore-not-found", "--timeout=120s"]),
    );
  } catch (error) {
    const still = await findNamespace(place);
    if (still === undefined) {
      return;
    }
    throw new UserError([(error as Error).message, ...(await obstacles(place, still))].join("\n"));
  } finally {
    watching.abort();
    await watch;
  }
}

/** While a namespace is being deleted: says what it waits for and, where that was asked for, takes it away. */
async function watchNamespace(options: CloseOptions, signal: AbortSignal): Promise<void> {
  const { identity, report, forceFinalizers = false } = options;
  const place = placeOf(identity);
  let told = "";
  while (!signal.aborted) {
    await sleep(3000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) {
      return;
    }
    const namespace = await findNamespace(place).catch(() => undefined);
    if (namespace?.phase !== "Terminating" || namespace.remaining.length === 0) {
      continue;
    }
    const held = await heldObjects(place, namespace);
    const reasons = await obstacles(place, namespace);
    if (reasons.join() !== told) {
      told = reasons.join();
      reasons.forEach(report);
    }
    if (forceFinalizers) {
      for (const { object, finalizers } of held) {
        report(`removing the finalizers of ${object} (${finalizers.join(", ")}), as --force-finalizers says`);
        await removeFinalizers(place, object).catch((error: unknown) => report((error as Error).message));
      }
    }
  }
}

/** What a namespace that won't go is waiting for, one sentence each. */
async function obstacles(place: Place, namespace: Namespace): Promise<string[]> {
  if (namespace.phase !== "Terminating") {
    return [];
  }
  const held = await heldObjects(place, namespace);
  return held.length === 0
    ? namespace.remaining.map((message) => `namespace ${place.namespace}: ${message}`)
    : held.map(
        ({ object, finalizers, setBy }) =>
          `namespace ${place.namespace} waits for ${object}: its finalizer ${finalizers.join(", ")}, set by ${setBy}, ` +
          "must be taken away by whoever that is, or with --force-finalizers",
      );
}

async function ownRecords({ dns, identity }: CloseOptions): Promise<{ id: string; name: string }[]> {
  const comment = dnsComment(identity.owner);
  return dns === undefined ? [] : (await dns.ownedRecords()).filter((record) => record.comment === comment);
}

/** Everything of the preview that there is now. */
async function look(options: CloseOptions): Promise<Look> {
  const { context, identity } = options;
  const place = placeOf(identity);
  const notChecked: Look["notChecked"] = {};
  const [namespace, volumes, records, all] = await Promise.all([
    findNamespace(place),
    volumesOf(place).catch((error: unknown) => {
      notChecked.volumes = (error as Error).message;
      return [];
    }),
    ownRecords(options).catch((error: unknown) => {
      notChecked.dnsRecords = (error as Error).message;
      return [];
    }),
    stackNames(context),
  ]);
  const stack = stackOf(identity);
  return {
    namespace: namespace === undefined ? [] : [namespace.name],
    volumes,
    dnsRecords: records.map(({ name }) => name),
    stack: all.includes(stack) ? [stack] : [],
    configFile: existsSync(configFile(options)) ? [`Pulumi.${stack}.yaml`] : [],
    notChecked,
  };
}

/**
 * A volume goes later than its namespace, so what is still there is looked for again for a while. What was seen to be
 * gone isn't: another run may be making it anew already.
 */
async function waitUntilGone(options: CloseOptions): Promise<Receipt["seen"]> {
  const deadline = performance.now() + 60_000;
  let before: Partial<Receipt["seen"]> = {};
  for (;;) {
    const found = await look(options);
    const seen = mapRemains(found, (names, kind): Sighting => {
      const earlier = before[kind];
      if (earlier?.state === "gone") {
        return earlier;
      }
      const why = found.notChecked[kind];
      if (why !== undefined) {
        return { state: "not checked", why };
      }
      return names.length === 0 ? { state: "gone", at: now() } : { state: "still there", what: names };
    });
    if (Object.values(seen).every(({ state }) => state !== "still there") || performance.now() > deadline) {
      return seen;
    }
    before = seen;
    await sleep(500);
  }
}

function mapRemains<Value>(look: Look, to: (names: string[], kind: Remains) => Value): Record<Remains, Value> {
  return Object.fromEntries(remains.map((kind) => [kind, to(look[kind], kind)])) as Record<Remains, Value>;
}
