import { setTimeout as sleep } from "node:timers/promises";
import { type Part, UserError } from "../../../contract";
import type { NamespaceRef } from "../kubectl";
import { withoutSecrets } from "../secrets";
import { isUnrecoverable, isWorthTelling, keyOf, type Since, sinceWhen, verdict } from "./verdict";
import { lastWordsOf } from "./last-words";
import { look, type Objects } from "./objects";
import { keptFromReplacement, makeAnew } from "./retry";
import { type Wait, waitsOf } from "./waits";

export interface WatchOptions {
  readonly place: NamespaceRef;
  /** Whether the objects of a part are what they are meant to be; before that they don't count. */
  readonly concerns: (part: string) => boolean;
  /** What the preview consists of. @default what every preview has */
  readonly parts?: readonly Part[];
  readonly report: (message: string) => void;
  /** Whether others read as well what is said, so that what may be secret is left out where nobody can tell. */
  readonly isPublic: boolean;
  /** Whether what failed with an error had begun: otherwise the workloads have no part in it. @default it had */
  readonly hasBegun?: (error: unknown) => boolean;
}

/**
 * Says what the workloads wait for while something waits for them, and ends that early when one of them is unrecoverable.
 *
 * @param action ends when the signal says so
 * @throws UserError with the object, what is wrong with it, and the setting to look at, without the preview's secrets
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

  /** What ended by itself says what it ended with; this adds what that was about. */
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

  /** Undefined where the cluster can't be asked: then the next look will do. */
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
    await makeAnew(place, keptFromReplacement(objects), report);
    return { objects, waits };
  }
}

const redacted = async ({ place, isPublic }: WatchOptions, { message }: UserError) =>
  new UserError(await withoutSecrets(place, message, isPublic));

/** Seconds, by a clock that nobody sets. */
const now = () => performance.now() / 1000;
