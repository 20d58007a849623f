import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits for some milliseconds.
 *
 * @throws the signal's reason as soon as it is aborted (a UserError after Ctrl-C), not Node's AbortError
 */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}
