import { type LifecycleRecord, recordFrom, UserError } from "../contract";
import { identityOf, placeOf } from "./identity";
import type { Place } from "./kubectl";
import { type LockOptions, withLock } from "./lock";
import { findNamespace, type Namespace, note, refuseForeign } from "./namespace";
import type { PulumiContext } from "./pulumi";
import { configure, recallConfiguration, stackName } from "./stack";
import { update } from "./workloads";

/**
 * What a command of its own decides about a preview. It is both a setting of the program, which acts on it, and a note on
 * the namespace, by which a run in another checkout knows of it.
 */
export type Declared = Pick<LifecycleRecord, "asleep" | "generation">;

/** A preview whose namespace is there, in the current project. */
export interface ExistingPreview {
  readonly context: PulumiContext;
  readonly stack: string;
  readonly place: Place;
  /** `https://pr-1.previews.example.com` */
  readonly origin: string;
  /** `myorg/shop`; empty where the settings name none. */
  readonly repository: string;
  readonly declared: Declared;
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
  return { context, stack, place, origin: names.origin, repository, declared: recordFrom(namespace.annotations) };
}

/**
 * Writes a decision down and brings the preview to it.
 *
 * @param begin does what needn't wait for Pulumi, once the decision is noted; until the signal says that Pulumi has ended
 */
export async function declare(
  { context, stack, place }: ExistingPreview,
  declared: Partial<Declared>,
  options: LockOptions,
  begin: (signal: AbortSignal) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await note(place, declared);
  const ended = new AbortController();
  const begun = begin(ended.signal);
  try {
    await withLock(
      context,
      stack,
      async () => {
        await recallDeclared(context, stack, await findNamespace(place));
        await update(context, stack, place, options.report);
      },
      options,
    );
  } finally {
    ended.abort();
    await begun;
  }
}

/**
 * Makes settings of what was decided and is noted on the namespace: it was since, perhaps in another checkout or meanwhile.
 *
 * @param others settings that are to be made as well
 * @returns all that is noted
 */
export async function recallDeclared(
  context: PulumiContext,
  stack: string,
  namespace: Namespace | undefined,
  others: Readonly<Record<string, string>> = {},
): Promise<LifecycleRecord> {
  const record = recordFrom(namespace?.annotations ?? {});
  const { asleep, generation } = record;
  await configure(context, stack, { ...others, asleep: String(asleep), "database.generation": String(generation) });
  return record;
}
