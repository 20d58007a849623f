import { addAbortListener } from "node:events";

/** Aborted as soon as one of the signals is, for the same reason. */
export const anyOf = (...signals: readonly (AbortSignal | undefined)[]): AbortSignal =>
  AbortSignal.any(signals.filter((signal) => signal !== undefined));

/**
 * Awaits an action that may not support signals.
 *
 * @throws the signal's reason as soon as it is aborted
 */
export async function untilAborted<Result>(signal: AbortSignal, action: Promise<Result>): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const listener = addAbortListener(signal, () => aborted.reject(signal.reason as Error));
  try {
    return await Promise.race([action, aborted.promise]);
  } finally {
    listener[Symbol.dispose]();
  }
}
