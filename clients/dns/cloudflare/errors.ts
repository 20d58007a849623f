import { UserError } from "../../../contract";
import type { Answer } from "./answer";

/** A refusal with its meaning and the next step. */
export function refusal(zoneId: string, { status, errors }: Pick<Answer, "status" | "errors">): UserError {
  const words = errors.map(({ code, message }) => (code === 0 ? message : `${message} (${code})`)).join("; ");
  const said = `${status} ${words}`.trim();
  return new UserError(
    `Cloudflare, asked about the DNS records of zone ${zoneId}, answers ${said}: ${advice(status, errors)}`,
  );
}

function advice(status: number, errors: Answer["errors"]): string {
  const has = (...codes: number[]) => errors.some(({ code }) => codes.includes(code));
  if (has(7000, 7003)) {
    return "there is no such zone; set dns.zoneId to the id that the zone's overview shows";
  }
  if (status === 401 || status === 403 || has(6003)) {
    return "CLOUDFLARE_API_TOKEN must be a valid token with the permission DNS Edit for that zone";
  }
  if (status === 429) {
    return "too many requests; try again in 5 minutes";
  }
  if (status >= 500) {
    return "it is failing; see https://www.cloudflarestatus.com and try again later";
  }
  return "that wasn't expected; check that CLOUDFLARE_BASE_URL is the URL of Cloudflare's API v4";
}

export function unreachable(url: string, error: unknown): UserError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new UserError(
    `${new URL(url).origin} can't be reached for DNS records (${code ?? message}): ` +
      "check that HTTPS_PROXY is right and that this machine can reach it, then try again",
    { cause: error },
  );
}
