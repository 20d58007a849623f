import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits for so many milliseconds.
 *
 * @throws the signal's reason as soon as it is aborted, a UserError at Ctrl-C, and not Node's own AbortError
 */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}
