import { type Dispatcher, request } from "undici";
import { limits, UserError } from "../../contract";
import { pause } from "../process/pause";
import { anyOf } from "../process/signals";

export interface ServingOptions {
  /** How to connect: with another resolver or CA. @default undici's own */
  readonly dispatcher?: Dispatcher;
  /** @default {@link limits.hostServesSeconds} */
  readonly timeoutMs?: number;
  /** Aborts the wait at once. */
  readonly signal?: AbortSignal;
  /** Whether pods behind the host are ready, for an answer that may be the ingress's. @default unknown */
  readonly frontIsReady?: () => Promise<boolean>;
  /** Called with the host's answer whenever it changes. */
  readonly report: (message: string) => void;
}

/** What a public host answers, after redirects to itself. */
export interface HostAnswer {
  /** In a few words: `200`, `200 at /login`, `302 to https://sso.example.com`, `ECONNREFUSED`. */
  readonly said: string;
  /** Undefined if there was no answer. */
  readonly status?: number;
  /** Whether it is the product's and no error; `maybe` if it may be the ingress's. */
  readonly serves: "yes" | "maybe" | "no";
}

/** The host did not serve in time. */
export class NotServing extends UserError {
  /** @param last its last answer */
  constructor(
    message: string,
    readonly last: HostAnswer,
  ) {
    super(message);
  }
}

/** Whether it is a 5xx. */
export const isServerError = ({ status = 0 }: Pick<HostAnswer, "status">): boolean => status >= 500;

/** Whether an answer means that the preview serves. All commands use this rule. */
export const isServing = ({ serves }: HostAnswer, frontIsReady: boolean): boolean =>
  serves === "yes" || (serves === "maybe" && frontIsReady);

/**
 * Waits until the public host serves its page ({@link isServing}). Then waits briefly for the API behind it, which the web may not
 * reach yet: network policies learn about new pods some time after these are ready. Whether the API works is left to the contract
 * check.
 *
 * @returns the API's last answer
 * @throws NotServing with the page's last answer
 */
export async function waitUntilServing(url: string, options: ServingOptions): Promise<HostAnswer> {
  await pageServes(url, options);
  const { dispatcher, signal, report } = options;
  const timeoutMs = limits.apiServesSeconds * 1000;
  const deadline = performance.now() + timeoutMs;
  let last: HostAnswer;
  do {
    last = await answer(`${url}/api/`, { dispatcher, signal, timeoutMs });
    if (![502, 503, 504].includes(last.status ?? 0)) {
      return last;
    }
    await pause(250, signal);
  } while (performance.now() < deadline);
  report(`${url}/api/ answers ${last.said}`);
  return last;
}

async function pageServes(
  url: string,
  { dispatcher, timeoutMs = limits.hostServesSeconds * 1000, signal, frontIsReady, report }: ServingOptions,
): Promise<void> {
  // A monotonic clock: the system's may be set meanwhile.
  const deadline = performance.now() + timeoutMs;
  let last = "";
  for (;;) {
    const found = await answer(url, { dispatcher, signal });
    const { said, serves } = found;
    if (isServing(found, serves === "maybe" && (await frontIsReady?.()) === true)) {
      if (serves === "maybe") {
        report(
          `${url} answers ${said}: that may be the ingress, but the pods behind it are ready${basicAuthHint(found)}`,
        );
      }
      return;
    }
    if (said === "CERT_NOT_YET_VALID") {
      throw new UserError(
        `${url} has a certificate that isn't valid yet by this machine's clock (${new Date().toISOString()}): ` +
          "set the clock, then run the command again",
      );
    }
    if (said !== last) {
      report(`${url} answers ${said}`);
    }
    last = said;
    if (performance.now() > deadline) {
      const doubt = serves === "maybe" ? ", which may be the ingress's: no pod behind it is known to be ready" : "";
      throw new NotServing(
        `${url} does not serve after ${timeoutMs / 1000} s; its last answer was ${last}${doubt}${basicAuthHint(found)}`,
        found,
      );
    }
    await pause(250, signal);
  }
}

/** A 401 that may be the ingress's asks for Basic credentials. */
const basicAuthHint = ({ status, serves }: HostAnswer) =>
  status === 401 && serves === "maybe" ? "; an ingress with basic auth needs PREVIEW_BASIC_AUTH=user:password" : "";

/** How many redirects to the same host are followed. */
const maxRedirects = 5;

export interface AnswerOptions extends Pick<ServingOptions, "dispatcher" | "signal"> {
  /** For the whole answer, redirects included. @default {@link limits.hostAnswerSeconds} */
  readonly timeoutMs?: number;
}

/**
 * What a host answers in time.
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
      if (redirects === maxRedirects) {
        return { said: `${statusCode} after ${maxRedirects} redirects`, status: statusCode, serves: "no" };
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
 * Classifies one answer. Below 400 it is the product's, and so is a 401 of the product's own login. An ingress that guards the host
 * answers 401 with a challenge for Basic credentials, or redirects to another host.
 *
 * @param at the requested URL
 * @returns with `next` for a redirect to the same host
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

/** Fits a text of the preview's choosing into a table's cell. */
const brief = (text: string) => (text.length > 80 ? `${text.slice(0, 80).toWellFormed()}…` : text);
