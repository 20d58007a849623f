import { limits } from "../../contract";

/** The seconds of a Retry-After header, which may also be a date; {@link limits.rateLimitSeconds} without one. */
export function retryAfter(headers: { get(name: string): string | null }): number {
  const value = headers.get("retry-after") ?? "";
  if (/^\d+$/.test(value)) {
    return Number(value);
  }
  // By the server's clock: this machine's may be wrong.
  const now = Date.parse(headers.get("date") ?? "") || Date.now();
  const until = Date.parse(value);
  return Number.isNaN(until) ? limits.rateLimitSeconds : Math.max(0, Math.ceil((until - now) / 1000));
}
