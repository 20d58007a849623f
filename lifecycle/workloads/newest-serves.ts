import { httpClient } from "../http-client";
import type { Place } from "../kubectl";
import { serving } from "../serving";
import { rolledOut } from "./rolled-out";
import { whileWatching } from "./watch";

export interface NewestServesOptions {
  readonly place: Place;
  /** The public host. */
  readonly url: string;
  readonly report: (message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Waits until the newest revision serves at the public host, and nothing else.
 *
 * @throws UserError with the object that keeps it from that, or the host's last answer
 */
export async function newestServes({ place, url, report, signal }: NewestServesOptions): Promise<void> {
  await whileWatching({ place, report, concerns: (part) => part !== "migration" }, async (hopeless) => {
    const ended = signal === undefined ? hopeless : AbortSignal.any([hopeless, signal]);
    await rolledOut(place, ended);
    await serving(url, { dispatcher: httpClient(), report, signal: ended });
  });
}
