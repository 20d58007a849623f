import { type Dispatcher, EnvHttpProxyAgent, interceptors, request } from "undici";
import { UserError } from "../../../contract";
import { type Answer, answerFrom } from "./answer";
import { refusal, unreachable } from "./errors";

/** For an answer's headers, and between two parts of its body. */
const timeoutMs = 30_000;

/** Retries after 0.3, 0.6 and 1.2 s, or as Retry-After says, up to 10 s. Deletions can be repeated safely. */
const retries = { maxRetries: 3, minTimeout: 300, maxTimeout: 10_000, throwOnError: false };

/**
 * Cloudflare's REST API v4 for one zone (https://developers.cloudflare.com/api/resources/dns/subresources/records/).
 * The official SDK would do, but it weighs 120 MB and takes 0.6 s to load, for two requests.
 */
export class CloudflareApi {
  private readonly url: string;
  private readonly dispatcher: Dispatcher;
  private readonly token: string;

  /**
   * @param env CLOUDFLARE_API_TOKEN, as for the Pulumi provider, and optionally CLOUDFLARE_BASE_URL.
   * @throws UserError if there is no token
   */
  constructor(
    private readonly zoneId: string,
    env: NodeJS.ProcessEnv,
    dispatcher: Dispatcher,
  ) {
    if (!env.CLOUDFLARE_API_TOKEN) {
      throw new UserError(
        `CLOUDFLARE_API_TOKEN is not set, so the DNS records of zone ${zoneId} can't be checked: ` +
          "set it to a token with the permission DNS Edit for that zone",
      );
    }
    const base = env.CLOUDFLARE_BASE_URL || "https://api.cloudflare.com/client/v4";
    this.url = `${base.replace(/\/$/, "")}/zones/${encodeURIComponent(zoneId)}/dns_records`;
    this.token = env.CLOUDFLARE_API_TOKEN;
    this.dispatcher = dispatcher.compose(interceptors.retry(retries));
  }

  /**
   * Makes a request about the zone's records.
   *
   * @param accepted codes of Cloudflare's errors that count as success
   * @throws UserError with the cause and the next step
   */
  async ask(method: "GET" | "DELETE", path: string, accepted: readonly number[] = []): Promise<Answer> {
    const { statusCode, body } = await request(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, accept: "application/json" },
      dispatcher: this.dispatcher,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    }).catch((error: unknown) => {
      throw unreachable(this.url, error);
    });
    const text = await body.text().catch((error: unknown) => {
      throw unreachable(this.url, error);
    });
    const answer = { status: statusCode, ...answerFrom(text) };
    if (!(answer.success && statusCode < 400) && !answer.errors.some(({ code }) => accepted.includes(code))) {
      throw refusal(this.zoneId, answer);
    }
    return answer;
  }
}

/** Uses the proxy of HTTPS_PROXY and NO_PROXY, as the Pulumi provider does. */
export const internet = (): Dispatcher => new EnvHttpProxyAgent();
