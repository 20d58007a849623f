import { type LifecycleRecord, recordFrom, UserError } from "../contract";
import { deployedGeneration } from "./database";
import { identityOf, placeOf } from "./identity";
import type { Place } from "./kubectl";
import { type LockOptions, withLock } from "./lock";
import { findNamespace, type Namespace, note, refuseForeign } from "./namespace";
import type { PulumiContext } from "./pulumi";
import { configure, recallConfiguration, stackName } from "./stack";
import { update } from "./workloads";

/** What a command of its own decides about a preview: settings of the program, which acts on them. */
export interface Declared {
  /** Also a note on the namespace, by which a run in another checkout knows of it. */
  readonly asleep: boolean;
  /** The setting `database.generation`, from 1: the database's own, or the next one for an empty database. */
  readonly generation: number;
}

/** A preview whose namespace is there, in the current project. */
export interface ExistingPreview {
  readonly context: PulumiContext;
  readonly stack: string;
  readonly place: Place;
  /** `https://pr-1.previews.example.com` */
  readonly origin: string;
  /** `myorg/shop`; empty where the settings name none. */
  readonly repository: string;
  readonly asleep: boolean;
}

/** @throws UserError where the cluster has no such namespace or can't be asked */
export async function existingPreview(context: PulumiContext, pullRequest: number): Promise<ExistingPreview> {
  const stack = stackName(pullRequest);
  await recallConfiguration(context, stack);
  const identity = await identityOf(context, pullRequest);
  const { kubeContext, names, owner } = identity;
  const place = placeOf(identity);
  const namespace = await findNamespace(place);
  if (namespace === undefined) {
    throw new UserError(
      `${names.namespace} isn't in the cluster of ${kubeContext}; preview up ${pullRequest} makes it`,
    );
  }
  refuseForeign(namespace, owner);
  const { repository } = owner;
  const { asleep } = recordFrom(namespace.annotations);
  return { context, stack, place, origin: names.origin, repository, asleep };
}

/**
 * Brings the preview to a decision. One that is cancelled, refused or fails is none.
 *
 * @param begin does what needn't wait for Pulumi, until the signal says that Pulumi has ended
 */
export async function declare(
  preview: ExistingPreview,
  declared: Partial<Declared>,
  options: LockOptions,
  begin: (signal: AbortSignal) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { context, stack, place } = preview;
  const bring = async () => {
    await recallDeclared(preview, await findNamespace(place), declared);
    await update(context, stack, place, options.report);
  };
  const inTurn = async () => {
    const ended = new AbortController();
    const begun = begin(ended.signal);
    try {
      await withLock(context, stack, bring, options);
    } finally {
      ended.abort();
      await begun;
    }
  };
  await (declared.asleep === undefined ? inTurn() : whileNoted(preview, declared.asleep, inTurn));
}

/**
 * Notes down whether the preview sleeps, before that is done: another run, which has its turn meanwhile, must not undo it.
 * Where it isn't done, the note of before comes back.
 */
async function whileNoted(
  { place, asleep: before }: ExistingPreview,
  asleep: boolean,
  action: () => Promise<void>,
): Promise<void> {
  await note(place, { asleep });
  try {
    await action();
  } catch (error) {
    // A preview that was closed meanwhile has no notes.
    await note(place, { asleep: before }).catch(() => undefined);
    throw error;
  }
}

/**
 * Makes settings of what was decided: it was since, perhaps in another checkout or meanwhile. Which database this is the
 * cluster knows best.
 *
 * @param declared what is decided now
 * @param others settings that are to be made as well
 * @returns all that is noted
 */
export async function recallDeclared(
  { context, stack, place }: Pick<ExistingPreview, "context" | "stack" | "place">,
  namespace: Namespace | undefined,
  declared: Partial<Declared> = {},
  others: Readonly<Record<string, string>> = {},
): Promise<LifecycleRecord> {
  const record = recordFrom(namespace?.annotations ?? {});
  const { asleep = record.asleep } = declared;
  const generation = declared.generation ?? (namespace && (await deployedGeneration(place)));
  await configure(context, stack, {
    ...others,
    asleep: String(asleep),
    ...(generation !== undefined && { "database.generation": String(generation) }),
  });
  return { ...record, asleep };
}
