import { setTimeout as sleep } from "node:timers/promises";
import { type Dispatcher, request } from "undici";
import { UserError } from "../contract";

export interface ServingOptions {
  /** How to connect: another resolver, another CA. @default undici's own */
  readonly dispatcher?: Dispatcher;
  /** In milliseconds. @default 120000 */
  readonly timeout?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
  /** Is told what the host answered last, whenever that changes. */
  readonly report: (message: string) => void;
}

/** How long a page that serves waits for the API behind it, in milliseconds. */
const patienceForApi = 15_000;

/**
 * Waits until the public host serves its page: a status of 200, so that a redirect to a login or a controller's own 404
 * doesn't pass for it. Then a moment more for the API behind it, which network policies may still keep the web from: they
 * learn of new pods some time after these are ready. Whether it works is the contract check's to say.
 *
 * @throws UserError with the last answer
 */
export async function serving(url: string, options: ServingOptions): Promise<void> {
  await pageServes(url, options);
  const deadline = performance.now() + patienceForApi;
  let last: string;
  do {
    last = await answer(`${url}/api/`, options.dispatcher, patienceForApi);
    if (!/^50[234]$/.test(last)) {
      return;
    }
    options.signal?.throwIfAborted();
    await sleep(250);
  } while (performance.now() < deadline);
  options.report(`${url}/api/ answers ${last}`);
}

async function pageServes(
  url: string,
  { dispatcher, timeout = 120_000, signal, report }: ServingOptions,
): Promise<void> {
  // By no clock that may be set meanwhile.
  const deadline = performance.now() + timeout;
  let last = "";
  for (;;) {
    const status = await answer(url, dispatcher);
    if (status === "200") {
      return;
    }
    if (status === "CERT_NOT_YET_VALID") {
      throw new UserError(
        `${url} has a certificate that isn't valid yet by this machine's clock, which says ${new Date().toISOString()}: ` +
          "set the clock, then give the same command again",
      );
    }
    if (status !== last) {
      report(`${url} answers ${status}`);
    }
    last = status;
    if (performance.now() > deadline) {
      throw new UserError(`${url} does not serve after ${timeout / 1000} s; its last answer was ${last}`);
    }
    signal?.throwIfAborted();
    await sleep(250);
  }
}

/** What a host answers within a time, in milliseconds: the status, or what went wrong. */
export async function answer(url: string, dispatcher?: Dispatcher, timeout = 10_000): Promise<string> {
  try {
    const { statusCode, body } = await request(url, { dispatcher, signal: AbortSignal.timeout(timeout) });
    await body.dump();
    return String(statusCode);
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    return name === "TimeoutError" ? `nothing for ${timeout / 1000} s` : (code ?? message);
  }
}
