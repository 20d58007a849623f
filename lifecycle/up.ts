import { setTimeout as sleep } from "node:timers/promises";
import { deployedCommit, expiryFrom, type LifecycleRecord, recordFrom, UserError } from "../contract";
import { latest } from "./clocks";
import type { CodeHost } from "./code-host";
import { recallDeclared } from "./declared";
import { deployed, type Deployed } from "./deployed";
import type { Zone } from "./dns";
import { type Identity, placeOf } from "./identity";
import type { Place } from "./kubectl";
import { withLock, type LockOptions } from "./lock";
import { findNamespace, note, refuseForeign } from "./namespace";
import type { PulumiContext } from "./pulumi";
import { listRecords, recordsAmong, unknownRecords } from "./records";
import { repairState } from "./repair";
import { takeScreenshots } from "./screenshots";
import { stackName, stackNames } from "./stack";
import type { State } from "./state";
import { reasonToStepAside } from "./step-aside";
import { parseProduct, type Product } from "./verify/product";
import { Target } from "./verify/target";
import { type Report, verify } from "./verify/verify";
import { inside } from "./verify/view";
import { drifted, newestServes, update } from "./workloads";

export interface UpOptions extends LockOptions {
  readonly context: PulumiContext;
  readonly identity: Identity;
  /** By their path, `api.image`: set once this run has its turn. */
  readonly settings: Readonly<Record<string, string>>;
  /** The commit to deploy; with a code host an older one than the pull request's head steps aside. */
  readonly sha?: string;
  /** Undefined when nobody can be asked about the pull request. */
  readonly codeHost?: CodeHost;
  /** The workflow's run that this is. */
  readonly run?: string;
  readonly dns?: Zone;
  /** What the contract check needs to know. @default none is made */
  readonly product?: Product;
  /** The folder for a picture of each of the product's pages. @default none is taken */
  readonly screenshots?: string;
}

export type UpResult =
  | { readonly outcome: "stepped aside"; readonly reason: string }
  | {
      readonly outcome: "up";
      readonly preview: Deployed;
      readonly asleep: boolean;
      readonly checks?: Report;
      /** The files, where there are any. */
      readonly screenshots?: readonly string[];
      readonly seconds: Phases;
    };

/** Seconds that each phase took. */
type Phases = Readonly<Record<string, number>>;

/**
 * Brings a pull request's preview to its settings, unless the pull request has been closed or has moved on.
 *
 * @throws UserError with what failed
 */
export async function upPreview(options: UpOptions): Promise<UpResult> {
  const { context, identity, report } = options;
  const { owner } = identity;
  const stack = stackName(owner.pullRequest);
  const place = placeOf(identity);
  const phases = new Stopwatch();

  await phases.time("cluster", () => settledNamespace(place, identity, report));
  let before = recordFrom({});

  const late = await withLock(
    context,
    stack,
    async () => {
      // Again, since waiting for the lock may have taken long.
      const reason = await phases.time("code host", () =>
        reasonToStepAside({ ...options, pullRequest: owner.pullRequest }),
      );
      if (reason === undefined) {
        const namespace = await findNamespace(place);
        before = await recallDeclared(context, stack, namespace, options.settings);
        const state = await phases.time("repair", () => repair(options, namespace !== undefined));
        await phases.time("update", async () => {
          const changed = namespace === undefined ? [] : await drifted(place, state);
          changed.forEach((workload) =>
            report(`${workload} isn't as the last update has left it: it is looked at again`),
          );
          await update(context, stack, place, report, { refresh: changed.length > 0 });
        });
      }
      return reason;
    },
    options,
  );
  if (late !== undefined) {
    return { outcome: "stepped aside", reason: late };
  }
  try {
    const result = await finish(options, before, phases);
    await stillThere(place);
    return result;
  } catch (error) {
    // Nobody can tell where the cluster or the backend can't be asked, or after Ctrl-C.
    if (await isClosed(options).catch(() => false)) {
      return { outcome: "stepped aside", reason: `another run has closed ${stack} since it was updated` };
    }
    throw error;
  }
}

/** Waits, without the lock, until the update that was made serves, and notes down what it was. */
async function finish(options: UpOptions, before: LifecycleRecord, phases: Stopwatch): Promise<UpResult> {
  const { context, identity, report, product, screenshots: folder } = options;
  const place = placeOf(identity);
  const { asleep } = before;
  const preview = await deployed(context, identity.owner.pullRequest, identity.kubeContext);
  const expires = expiryFrom(latest(new Date(), options.codeHost?.now()), identity.ttlDays);
  const sha = deployedCommit(options.sha, before, preview.images);
  await note(place, { sha, ...preview.images, expires });
  if (!asleep) {
    await phases.time("serving", () => newestServes({ place, url: preview.url, report, signal: options.signal }));
  }
  const checks = asleep || !product ? undefined : await phases.time("checks", () => check(preview, product));
  const screenshots =
    asleep || folder === undefined
      ? undefined
      : await phases.time("screenshots", () => screenshotsOf(options, preview, folder));
  return { outcome: "up", preview, asleep, checks, screenshots, seconds: phases.seconds };
}

/**
 * Whether another run closes the preview or has closed it. A closing that has just begun shows in the state first and some
 * seconds later in the namespace. Somebody who deletes that by hand leaves the stack; a closing takes it as well, in the end.
 */
async function isClosed({ context, identity, report, signal }: UpOptions): Promise<boolean> {
  const stack = stackName(identity.owner.pullRequest);
  signal?.throwIfAborted();
  report(`${stack} doesn't serve: looking whether another run closes it`);
  for (let tries = 0; tries < 60; tries += 1) {
    signal?.throwIfAborted();
    const isActive = (await findNamespace(placeOf(identity)))?.phase === "Active";
    if (isActive ? tries >= 10 : !(await stackNames(context)).includes(stack)) {
      return !isActive;
    }
    await sleep(1000, undefined, { signal });
  }
  return false;
}

/** @throws UserError where somebody has deleted the namespace since */
async function stillThere(place: Place): Promise<void> {
  if ((await findNamespace(place))?.phase !== "Active") {
    throw new UserError(
      `namespace ${place.namespace} has been deleted since it was updated; the same command makes it anew`,
    );
  }
}

async function check(preview: Deployed, product: Product): Promise<Report> {
  return verify(new Target({ product, ...(await inside(preview)) }));
}

/** A preview without pictures is one all the same: what keeps them from being taken is only told. */
async function screenshotsOf(options: UpOptions, preview: Deployed, folder: string): Promise<string[]> {
  const { codeHost, identity, report, signal, product = parseProduct({}, "defaults") } = options;
  try {
    const pullRequest = await codeHost?.pullRequest(identity.owner.pullRequest);
    if (pullRequest?.fork === true) {
      report("no screenshots: a fork's pages aren't opened where there are secrets");
      return [];
    }
    const target = new Target({ product, ...(await inside(preview)) });
    return await takeScreenshots(target, { folder, apiUrl: preview.apiUrl, report, signal });
  } catch (error) {
    report((error as Error).message);
    return [];
  }
}

/** Waits for the end of a deletion of the namespace that is under way. */
async function settledNamespace(
  place: Place,
  { names, owner }: Identity,
  report: (message: string) => void,
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const namespace = await findNamespace(place);
    if (namespace !== undefined) {
      refuseForeign(namespace, owner);
    }
    if (namespace?.phase !== "Terminating") {
      return;
    }
    if (tries === 0) {
      report(`namespace ${names.namespace} is still being deleted: waiting until it is gone`);
    }
    if (tries === 120) {
      throw new UserError(
        `namespace ${names.namespace} is still being deleted: ${namespace.remaining.join("; ")}. ` +
          `preview close ${owner.pullRequest} says what it waits for`,
      );
    }
    await sleep(1000);
  }
}

/** Brings the state, and the zone with it, to where an update can go on from. */
async function repair(options: UpOptions, exists: boolean): Promise<State> {
  const { context, dns, identity, report } = options;
  const { names, owner } = identity;
  const listed = dns && (await listRecords(dns, identity).catch((error: unknown) => error as UserError));
  const records = dns && listed && !(listed instanceof Error) ? recordsAmong(listed, dns, identity) : undefined;
  const present = { namespace: names.namespace, exists, goneRecords: records?.gone };
  const repaired = await repairState(context, stackName(owner.pullRequest), present, report);
  if (listed instanceof Error) {
    // What is most likely as the state says needn't keep an update from being made.
    if (repaired.pending.some((urn) => urn.includes("DnsRecord"))) {
      throw listed;
    }
    report(`the DNS record is not checked: ${listed.message}`);
  }
  for (const { id, name } of records === undefined ? [] : unknownRecords(records, repaired.records)) {
    report(`the DNS record ${name} was made by a run that couldn't note it down: it is made anew`);
    await dns!.delete(id);
  }
  return repaired.state;
}

class Stopwatch {
  readonly seconds: Record<string, number> = {};

  async time<Result>(phase: string, action: () => Promise<Result>): Promise<Result> {
    const started = performance.now();
    try {
      return await action();
    } finally {
      const spent = (performance.now() - started) / 1000;
      this.seconds[phase] = Math.round(((this.seconds[phase] ?? 0) + spent) * 10) / 10;
    }
  }
}
