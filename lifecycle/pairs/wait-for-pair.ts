import { dependencyText, limits, type Pair } from "../../contract";
import { pause } from "../../clients/process/pause";
import { NotBuilt } from "./errors";
import type { Resolution } from "./resolve";

export interface WaitOptions {
  /** Whether to wait for images that aren't built yet. */
  readonly waits: boolean;
  readonly report: (message: string) => void;
  readonly signal?: AbortSignal;
  /** Seconds between two looks. @default 10 */
  readonly everySeconds?: number;
  /** Seconds between two reports. @default 60 */
  readonly noticeSeconds?: number;
  /** @default limits.pairImageSeconds */
  readonly atMostSeconds?: number;
}

/**
 * Resolves a pair, again and again until all its images are built: a dependency that is pushed to meanwhile is followed.
 *
 * @throws NotBuilt that names the images if they aren't there in time, or not at all if nobody waits
 */
export async function waitForPair(
  resolve: () => Promise<Resolution>,
  {
    waits,
    report,
    signal,
    everySeconds = 10,
    noticeSeconds = 60,
    atMostSeconds = limits.pairImageSeconds,
  }: WaitOptions,
): Promise<Pair> {
  const began = performance.now();
  let told = "";
  let nextNotice = 0;
  for (;;) {
    const { pair, missing } = await resolve();
    if (Object.keys(missing).length === 0) {
      return pair;
    }
    const waited = (performance.now() - began) / 1000;
    if (!waits || waited + everySeconds > atMostSeconds) {
      throw new NotBuilt(notBuilt(missing, waits ? `after ${inMinutes(waited)} minutes` : "yet"));
    }
    const images = asText(missing);
    if (images !== told || waited >= nextNotice) {
      report(`waiting for the build of ${images}: ${inMinutes(waited)} of at most ${inMinutes(atMostSeconds)} minutes`);
      told = images;
      nextNotice = waited + noticeSeconds;
    }
    await pause(everySeconds * 1000, signal);
  }
}

const inMinutes = (seconds: number) => Math.round(seconds / 60);

const notBuilt = (missing: Pair, when: string) =>
  `not built ${when}: ${asText(missing)}; look at that repository's build of this commit`;

const asText = (missing: Pair) =>
  Object.values(missing)
    .map((one) => `${one.image} of ${dependencyText(one)}`)
    .join(", ");
