import assert from "node:assert/strict";
import type { Login } from "../../verify/demo-login";
import type { Answer } from "./http";
import type { Visitor } from "./visitor";

interface Session {
  readonly username: string | null;
  readonly csrf_token: string;
}

/** Django's session of one visitor, used as the product's pages use it: through the web, with the token in a header. */
export class DjangoSession {
  /** @param api where Django's paths begin, such as `https://pr-1.previews.example.com/api` */
  constructor(
    private readonly visitor: Visitor,
    private readonly api: string,
  ) {}

  async read(): Promise<Session> {
    const answer = await this.visitor.ask(`${this.api}/session/`);
    assert.equal(answer.status, 200, answer.body);
    return JSON.parse(answer.body) as Session;
  }

  /** Sends a change, with what Django's CSRF check requires; `headers` replace the page's. */
  async send(
    method: "POST" | "DELETE",
    path: string,
    data?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const { csrf_token } = await this.read();
    return this.visitor.ask(`${this.api}${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        origin: new URL(this.api).origin,
        "x-csrftoken": csrf_token,
        ...headers,
      },
      body: JSON.stringify(data ?? {}),
    });
  }

  async logIn(login: Login): Promise<void> {
    const answer = await this.send("POST", "/session/", login);
    assert.equal(answer.status, 200, answer.body);
  }
}
