import type { Dispatcher } from "undici";
import { UserError } from "../../contract";

/** What an ingress in front of a preview asks for, by RFC 7617. */
export interface BasicAuth {
  readonly username: string;
  readonly password: string;
}

/**
 * The credentials of the variable PREVIEW_BASIC_AUTH, `user:password`; undefined where it is unset or empty.
 *
 * @throws UserError where they aren't of that form; its value is in no message
 */
export function basicAuth({ PREVIEW_BASIC_AUTH: value = "" } = process.env): BasicAuth | undefined {
  if (value === "") {
    return undefined;
  }
  const [, username, password] = /^([^:\p{Cc}]+):(\P{Cc}+)$/u.exec(value) ?? [];
  if (username === undefined || password === undefined) {
    throw new UserError(
      "PREVIEW_BASIC_AUTH: must be user:password, both non-empty and without control characters; unset it where the ingress asks for none",
    );
  }
  return { username, password };
}

/**
 * Sends the credentials with each request to these origins and with no other: a redirect may lead elsewhere. A request with an
 * Authorization header keeps its own.
 */
export function sendingBasicAuth(
  { username, password }: BasicAuth,
  origins: readonly string[],
): Dispatcher.DispatcherComposeInterceptor {
  const own = origins.map((origin) => new URL(origin).origin);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  return (dispatch) => (options, handler) => {
    // All requests of this project give their headers as a record.
    const headers = (options.headers ?? {}) as Record<string, string>;
    const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
    const isOurs = options.origin !== undefined && own.includes(new URL(options.origin).origin);
    return dispatch(isOurs && !hasOwn ? { ...options, headers: { ...headers, authorization } } : options, handler);
  };
}
