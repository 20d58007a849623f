import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Dispatcher, request } from "undici";
import { embeddedDispatcher } from "../../embedded";

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
  /** `name=value` of each cookie that was set. */
  readonly cookies: string[];
}

/** Sends a request to a public host as a browser would, trusting only the local CA. */
export async function ask(
  url: string,
  options: { method?: Dispatcher.HttpMethod; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { statusCode, headers, body } = await request(url, { ...options, dispatcher: embeddedDispatcher() });
  const cookies = [headers["set-cookie"] ?? []].flat().map((cookie) => cookie.split(";")[0]!);
  return { status: statusCode, headers, body: await body.text(), cookies };
}

/** Posts as a page's form does: through the web's proxy, with Django's CSRF cookie and token. */
export async function postForm(origin: string, path: string, data: object): Promise<Answer> {
  const session = await ask(`${origin}/api/session/`);
  assert.equal(session.status, 200, session.body);
  const { csrf_token } = JSON.parse(session.body) as { csrf_token: string };
  return ask(`${origin}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      cookie: session.cookies.join("; "),
      origin,
      referer: `${origin}/`,
      "x-csrftoken": csrf_token,
    },
    body: JSON.stringify(data),
  });
}

/** Logs in as the page's form does and resolves to the Cookie header of the session. */
export async function logIn(origin: string, login: { username: string; password: string }): Promise<string> {
  const answer = await postForm(origin, "/api/session/", login);
  if (answer.status !== 200) {
    throw new Error(`login answered ${answer.status}: ${answer.body}`);
  }
  return answer.cookies.join("; ");
}

/** Retries until a condition holds, or fails with the last error. */
export async function eventually<Result>(attempt: () => Result | Promise<Result>, seconds = 60): Promise<Result> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
      await sleep(500);
    }
  }
}
