import { type Dispatcher, request } from "undici";
import { limits, UserError } from "../../contract";
import { pause } from "../process/pause";
import { anyOf } from "../process/signals";

export interface ServingOptions {
  /** How to connect: another resolver, another CA. @default undici's own */
  readonly dispatcher?: Dispatcher;
  /** @default {@link limits.hostServesSeconds} */
  readonly timeoutMs?: number;
  /** Ends the wait at once. */
  readonly signal?: AbortSignal;
  /** Whether the web's own pods are ready, for an answer that may be the ingress's. @default nobody knows */
  readonly webIsReady?: () => Promise<boolean>;
  /** Is told what the host answered last, whenever that changes. */
  readonly report: (message: string) => void;
}

/** What a public host answers, its own redirects followed. */
export interface HostAnswer {
  /** In a few words: `200`, `200 at /login`, `302 to https://sso.example.com`, `ECONNREFUSED`. */
  readonly said: string;
  /** Undefined where there was no answer. */
  readonly status?: number;
  /** Whether it is the product's and no error; `maybe` where the ingress may have given it in the product's place. */
  readonly serves: "yes" | "maybe" | "no";
}

/** Whether an answer means that the preview serves: the one rule of every command. */
export const isServing = ({ serves }: HostAnswer, webIsReady: boolean): boolean =>
  serves === "yes" || (serves === "maybe" && webIsReady);

/**
 * Waits until the public host serves its page ({@link isServing}). Then a moment more for the API behind it, which network
 * policies may still keep the web from: they learn of new pods some time after these are ready. Whether it works is the
 * contract check's to say.
 *
 * @throws UserError with the last answer
 */
export async function waitUntilServing(url: string, options: ServingOptions): Promise<void> {
  await pageServes(url, options);
  const { dispatcher, signal, report } = options;
  const timeoutMs = limits.apiServesSeconds * 1000;
  const deadline = performance.now() + timeoutMs;
  let last: HostAnswer;
  do {
    last = await answer(`${url}/api/`, { dispatcher, signal, timeoutMs });
    if (![502, 503, 504].includes(last.status ?? 0)) {
      return;
    }
    await pause(250, signal);
  } while (performance.now() < deadline);
  report(`${url}/api/ answers ${last.said}`);
}

async function pageServes(
  url: string,
  { dispatcher, timeoutMs = limits.hostServesSeconds * 1000, signal, webIsReady, report }: ServingOptions,
): Promise<void> {
  // By no clock that may be set meanwhile.
  const deadline = performance.now() + timeoutMs;
  let last = "";
  for (;;) {
    const found = await answer(url, { dispatcher, signal });
    const { said, serves } = found;
    if (isServing(found, serves === "maybe" && (await webIsReady?.()) === true)) {
      if (serves === "maybe") {
        report(`${url} answers ${said}: that may be the ingress, but the web's pods are ready behind it`);
      }
      return;
    }
    if (said === "CERT_NOT_YET_VALID") {
      throw new UserError(
        `${url} has a certificate that isn't valid yet by this machine's clock, which says ${new Date().toISOString()}: ` +
          "set the clock, then give the same command again",
      );
    }
    if (said !== last) {
      report(`${url} answers ${said}`);
    }
    last = said;
    if (performance.now() > deadline) {
      const doubt = serves === "maybe" ? ", which may be the ingress's: no ready pod of the web is known of" : "";
      throw new UserError(`${url} does not serve after ${timeoutMs / 1000} s; its last answer was ${last}${doubt}`);
    }
    await pause(250, signal);
  }
}

/** How many redirects are followed, all on one host. */
const mostRedirects = 5;

export interface AnswerOptions extends Pick<ServingOptions, "dispatcher" | "signal"> {
  /** For all of it. @default {@link limits.hostAnswerSeconds} */
  readonly timeoutMs?: number;
}

/**
 * What a host answers within a time.
 *
 * @throws the signal's reason as soon as it is aborted
 */
export async function answer(
  url: string,
  { dispatcher, timeoutMs = limits.hostAnswerSeconds * 1000, signal }: AnswerOptions = {},
): Promise<HostAnswer> {
  const late = AbortSignal.timeout(timeoutMs);
  try {
    let at = new URL(url);
    for (let redirects = 0; ; redirects += 1) {
      const { statusCode, headers, body } = await request(at, { dispatcher, signal: anyOf(late, signal) });
      await body.dump();
      signal?.throwIfAborted();
      const { next, ...found } = judged(statusCode, headers, at);
      if (next === undefined) {
        return redirects === 0 ? found : { ...found, said: `${found.said} at ${brief(at.pathname)}` };
      }
      if (redirects === mostRedirects) {
        return { said: `${statusCode} after ${mostRedirects} redirects`, status: statusCode, serves: "no" };
      }
      at = next;
    }
  } catch (error) {
    signal?.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    return { said: late.aborted ? `nothing for ${timeoutMs / 1000} s` : brief(code ?? message), serves: "no" };
  }
}

/**
 * What one answer means. One below 400 is the product's, and so is a 401 that a login of its own belongs to. A controller
 * that guards the host answers 401 with a question for Basic credentials, or redirects to another host.
 *
 * @param at what was asked for
 * @returns with `next` where the answer is to ask for that instead, on the same host
 */
export function judged(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  at: URL,
): HostAnswer & { readonly next?: URL } {
  const location = [headers.location ?? []].flat()[0];
  const target = status >= 300 && status < 400 && location !== undefined ? URL.parse(location, at) : null;
  if (target?.host === at.host) {
    return { said: String(status), status, serves: "no", next: target };
  }
  if (target !== null) {
    return { said: `${status} to ${brief(target.origin)}`, status, serves: "maybe" };
  }
  const challenges = [headers["www-authenticate"] ?? []].flat();
  const isBasic = challenges.some((challenge) => /(?:^|,)\s*basic\b/i.test(challenge));
  const serves = status === 401 ? (isBasic ? "maybe" : "yes") : status < 400 ? "yes" : "no";
  return { said: String(status), status, serves };
}

/** What a preview chose the length of, in a table's cell. */
const brief = (text: string) => (text.length > 80 ? `${text.slice(0, 80).toWellFormed()}…` : text);
