import { setTimeout as sleep } from "node:timers/promises";
import { type Part, UserError } from "../../../contract";
import type { NamespaceRef } from "../kubectl";
import { withoutSecrets } from "../secrets";
import { isUnrecoverable, isWorthTelling, keyOf, type Since, sinceWhen, verdict } from "./verdict";
import { lastWordsOf } from "./last-words";
import { look, type Maker, type Objects } from "./objects";
import { blockingReplacement, recreate, tryAgain } from "./retry";
import { objectOf, type Wait, waitsOf } from "./waits";

export interface WatchOptions {
  readonly place: NamespaceRef;
  /** Whether to look at a part: not before the update has begun to change it. */
  readonly concerns: (part: string) => boolean;
  /** The preview's parts. @default those that every preview has */
  readonly parts?: readonly Part[];
  readonly report: (message: string) => void;
  /** Whether others can read the output: what may be secret is then left out in case of doubt. */
  readonly isPublic: boolean;
  /** Whether the action had begun when it failed: otherwise the workloads aren't to blame. @default it had */
  readonly hasBegun?: (error: unknown) => boolean;
}

/**
 * Reports what the workloads are waiting for while an action waits for them, and aborts the action when one is unrecoverable.
 *
 * @param action ends when the signal is aborted
 * @throws UserError that names the object, what is wrong with it, and the setting to look at, with secrets redacted
 */
export async function whileWatching<Result>(
  options: WatchOptions,
  action: (unrecoverable: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const unrecoverable = new AbortController();
  const ended = new AbortController();
  const watch = new Watch(options);
  const watching = watch.run(unrecoverable, ended.signal);
  try {
    return await action(unrecoverable.signal);
  } catch (error) {
    ended.abort();
    await watching;
    if (unrecoverable.signal.aborted) {
      throw await redacted(options, unrecoverable.signal.reason as UserError);
    }
    const { hasBegun = () => true } = options;
    throw error instanceof UserError && hasBegun(error) ? await redacted(options, await watch.explained(error)) : error;
  } finally {
    ended.abort();
    await watching;
  }
}

class Watch {
  private since: Since = new Map();
  private readonly told = new Set<string>();
  /** What was refused pods for as long as others were ending. */
  private readonly crowded = new Set<string>();

  constructor(private readonly options: WatchOptions) {}

  async run(unrecoverable: AbortController, ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      const found = await this.look();
      const reason = found?.waits.find((wait) => isUnrecoverable(wait, this.since, now()));
      if (found !== undefined && reason !== undefined) {
        unrecoverable.abort(
          new UserError(`ended early, since waiting longer won't help:\n${await this.verdict(reason, found.objects)}`),
        );
        return;
      }
      await sleep(3000, undefined, { signal: ended }).catch(() => undefined);
    }
  }

  /** Adds what the workloads were waiting for to the error of an action that failed by itself. */
  async explained(error: UserError): Promise<UserError> {
    const found = await this.look();
    const waits = (found?.waits ?? []).filter((wait) => isWorthTelling(wait, this.since, now()));
    const verdicts = await Promise.all(waits.map((wait) => this.verdict(wait, found!.objects)));
    return new UserError([error.message, ...verdicts].join("\n"));
  }

  private async verdict(wait: Wait, objects: Objects): Promise<string> {
    const { place, parts } = this.options;
    return verdict(wait, objects, await lastWordsOf(place, wait.ended), parts);
  }

  /** Undefined if the cluster can't be asked: the next look will do. */
  private async look(): Promise<{ objects: Objects; waits: Wait[] } | undefined> {
    const { place, report, isPublic, concerns } = this.options;
    const objects = await look(place).catch(() => undefined);
    if (objects === undefined) {
      return undefined;
    }
    const waits = waitsOf(objects).filter(({ part }) => concerns(part));
    this.since = sinceWhen(waits, this.since, now());
    for (const wait of waits.filter((one) => isWorthTelling(one, this.since, now()))) {
      if (!this.told.has(keyOf(wait))) {
        this.told.add(keyOf(wait));
        report(await withoutSecrets(place, `${wait.object}: ${wait.message}`, isPublic));
      }
    }
    await recreate(place, blockingReplacement(objects), report);
    await tryAgain(place, this.noLongerCrowded(waits, objects), report);
    return { objects, waits };
  }

  /** What is still refused pods although the others have ended since, each once. */
  private noLongerCrowded(waits: readonly Wait[], { makers }: Objects): Maker[] {
    waits.filter(({ cause }) => cause === "no room yet").forEach(({ object }) => this.crowded.add(object));
    const refused = waits.filter(({ cause, object }) => cause === "refused" && this.crowded.delete(object));
    return makers.filter((maker) => refused.some(({ object }) => object === objectOf(maker)));
  }
}

const redacted = async ({ place, isPublic }: WatchOptions, { message }: UserError) =>
  new UserError(await withoutSecrets(place, message, isPublic));

/** Seconds of a monotonic clock. */
const now = () => performance.now() / 1000;
