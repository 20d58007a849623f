import { Agent, request } from "undici";

/** The headers of a reverse proxy or a browser, and the cookies that the client keeps. */
export interface Client {
  ask(path: string, options?: AskOptions): Promise<Answer>;
  /** `NAME=VALUE; ATTRIBUTE…` by name, as they were set last. */
  readonly cookies: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly method?: "POST";
  readonly json?: unknown;
  /** @default the CSRF token that Django gave last */
  readonly token?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** A client of the web on a socket that keeps cookies and sends Django's CSRF token as the pages do. */
export function client(socketPath: string, origin: string, headers: Record<string, string>): Client {
  const dispatcher = new Agent({ connect: { socketPath } });
  const cookies = new Map<string, string>();
  let given = "";
  return {
    cookies,
    close: () => dispatcher.close(),
    async ask(path, { method, json, token = given } = {}) {
      const answer = await request(new URL(path, "http://web"), {
        dispatcher,
        method: method ?? "GET",
        headers: {
          ...headers,
          cookie: [...cookies.values()].map((cookie) => cookie.split(";")[0]!).join("; "),
          ...(method && { origin, referer: `${origin}/`, "x-csrftoken": token }),
          ...(json !== undefined && { "content-type": "application/json" }),
        },
        body: json === undefined ? null : JSON.stringify(json),
      });
      for (const cookie of [answer.headers["set-cookie"] ?? []].flat()) cookies.set(cookie.split("=")[0]!, cookie);
      const body = await answer.body.text();
      if (path === "/api/session/") given = (JSON.parse(body) as { csrf_token?: string }).csrf_token ?? given;
      return { status: answer.statusCode, headers: answer.headers, body };
    },
  };
}
