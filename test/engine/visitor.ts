import assert from "node:assert/strict";
import { type Cookie, CookieJar } from "tough-cookie";
import { type Answer, ask } from "./http";

type Options = NonNullable<Parameters<typeof ask>[1]>;

/** The end of a chain of redirects, and every URL on the way, including the last. */
export interface Journey {
  readonly answer: Answer;
  readonly addresses: URL[];
}

/** A plain client that keeps cookies like a browser and follows redirects only on demand. */
export class Visitor {
  private readonly jar = new CookieJar(undefined, { prefixSecurity: "strict" });

  async ask(url: string, options: Options = {}): Promise<Answer> {
    const cookie = await this.jar.getCookieString(url);
    const answer = await ask(url, { ...options, headers: { ...(cookie && { cookie }), ...options.headers } });
    for (const header of [answer.headers["set-cookie"] ?? []].flat()) {
      await this.jar.setCookie(header, url);
    }
    return answer;
  }

  /** Submits a form as its own page would. */
  submit(url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask(url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", origin: new URL(url).origin, ...headers },
      body: new URLSearchParams(fields).toString(),
    });
  }

  /** Follows a response's redirects, all with GET. */
  async follow(url: string, answer: Answer): Promise<Journey> {
    const addresses: URL[] = [];
    for (let from = url; answer.headers.location !== undefined; answer = await this.ask(from)) {
      from = new URL(String(answer.headers.location), from).href;
      addresses.push(new URL(from));
      assert.ok(addresses.length < 20, `no end of redirects:\n${addresses.join("\n")}`);
    }
    return { answer, addresses };
  }

  async open(url: string): Promise<Journey> {
    return this.follow(url, await this.ask(url));
  }

  async cookie(url: string, name: string): Promise<Cookie | undefined> {
    return (await this.jar.getCookies(url)).find(({ key }) => key === name);
  }

  async cookies(url: string): Promise<Cookie[]> {
    return this.jar.getCookies(url);
  }
}
