import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { type Answer, failure, type Question } from "./answer";
import { answerTo } from "./answers";
import type { Fault } from "./faults";
import { GitHubState } from "./state";

/** A stand-in for GitHub on loopback; README.md lists what it implements. */
export class GitHubStandIn extends GitHubState {
  /** Requests such as `GET /repos/myorg/orders/pulls?state=open`, in order of arrival; 304 when nothing had changed. */
  readonly requests: { readonly line: string; status: number }[] = [];
  private readonly faults: { readonly fault: Fault; readonly path: RegExp; times: number }[] = [];

  private constructor(
    private readonly server: Server,
    repository: string,
  ) {
    super(repository);
  }

  static async start(repository = "myorg/orders"): Promise<GitHubStandIn> {
    const server = createServer();
    const standIn = new GitHubStandIn(server, repository);
    server.on("request", (request, response) => void standIn.serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return standIn;
  }

  /** For GITHUB_API_URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.basePath}`;
  }

  /** A command's environment variables. */
  get env(): { GITHUB_API_URL: string; GITHUB_TOKEN: string } {
    return { GITHUB_API_URL: this.url, GITHUB_TOKEN: "a-token" };
  }

  /** Makes the next responses, or all of them, fail. Faults are used up in the order in which they were set. */
  fail(fault: Fault, { times = Infinity, path = /./ }: { times?: number; path?: RegExp } = {}): void {
    this.faults.push({ fault, path, times });
  }

  /** Removes all faults. */
  recover(): void {
    this.faults.length = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const question = await questionFrom(request, this.url);
    const entry = { line: `${question.method} ${question.url.pathname}${question.url.search}`, status: 0 };
    this.requests.push(entry);
    const answer = this.conditional(question, await this.answer(question));
    entry.status = answer.status;
    this.send(response, answer);
  }

  private answer(question: Question): Answer | Promise<Answer> {
    if (this.rateLimit.remaining === 0) {
      return failure(403, "API rate limit exceeded for installation ID 1.");
    }
    const next = () => answerTo(this, question);
    const current = this.faults.find(({ times, path }) => times > 0 && path.test(question.url.pathname));
    if (current === undefined) {
      return next();
    }
    current.times -= 1;
    return current.fault(next, question);
  }

  private conditional({ method, ifNoneMatch }: Question, answer: Answer): Answer {
    if (method !== "GET" || answer.status !== 200 || answer.raw !== undefined) {
      this.rateLimit.remaining = Math.max(0, this.rateLimit.remaining - 1);
      return answer;
    }
    const digest = createHash("sha256")
      .update(JSON.stringify([answer.body, answer.headers]))
      .digest("hex");
    const etag = `W/"${digest}"`;
    if (ifNoneMatch === etag) {
      return { status: 304, headers: { etag } };
    }
    this.rateLimit.remaining = Math.max(0, this.rateLimit.remaining - 1);
    return { ...answer, headers: { ...answer.headers, etag } };
  }

  private send(response: ServerResponse, { status, headers, body, raw, cut }: Answer): void {
    if (cut === "all") {
      response.socket?.resetAndDestroy();
      return;
    }
    const { limit, remaining, reset } = this.rateLimit;
    const text = raw ?? (body === undefined ? "" : JSON.stringify(body));
    response.writeHead(status, {
      server: "stand-in for GitHub",
      date: this.now().toUTCString(),
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(reset),
      ...(status === 304 ? {} : { "content-type": "application/json; charset=utf-8" }),
      ...headers,
    });
    if (cut === "body") {
      response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
    } else {
      response.end(text);
    }
  }
}

async function questionFrom(request: IncomingMessage, base: string): Promise<Question> {
  const isRead = request.method === "GET";
  return {
    method: request.method ?? "",
    url: new URL(request.url ?? "/", base),
    token: request.headers.authorization?.replace(/^(?:token|bearer) /i, ""),
    ifNoneMatch: request.headers["if-none-match"],
    accept: request.headers.accept,
    body: isRead ? {} : ((await json(request)) as Record<string, unknown>),
  };
}
