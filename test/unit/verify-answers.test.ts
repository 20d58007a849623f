import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createGzip } from "node:zlib";
import { Agent, Headers } from "undici";
import type { Finding } from "../../verify/check";
import { lostHeaders } from "../../verify/checks/answers";
import { framedBy } from "../../verify/checks/framing";
import { answerOf, askThrough } from "../../verify/http";
import { parseProduct, type ProductInput } from "../../verify/product";
import { beginThrough } from "../../verify/stream";
import { Target } from "../../verify/target";
import { verify } from "../../verify/run-checks";

describe("verify: who may frame a page", () => {
  const host = "pr-1.previews.example.com:8443";
  const found = (headers: Record<string, string>) => framedBy({ headers: new Headers(headers) }, host);
  const byPolicy = (policy: string) => found({ "content-security-policy": policy });

  it("is anyone unless a header says otherwise", () => {
    assert.deepEqual(found({}), ["anyone"]);
    assert.deepEqual(byPolicy("default-src 'self'"), ["anyone"]);
    assert.deepEqual(found({ "content-security-policy-report-only": "frame-ancestors 'none'" }), ["anyone"]);
  });

  it("is read from X-Frame-Options", () => {
    for (const value of ["DENY", "sameorigin", "DENY, deny", "SAMEORIGIN, DENY", "nonsense, DENY"]) {
      assert.deepEqual(found({ "x-frame-options": value }), [], value);
    }
    for (const value of ["ALLOW-FROM https://pr-2.previews.example.com", "ALLOWALL", "", "x, y"]) {
      assert.deepEqual(found({ "x-frame-options": value }), ["anyone"], value);
    }
  });

  for (const sources of [
    "'none'",
    "'self'",
    "",
    "https://pr-1.previews.example.com:8443",
    "https://pr-1-api.previews.example.com 'self'",
    "https://dashboard.example.com",
    "https://previews.example.org",
  ]) {
    it(`is no sibling with frame-ancestors ${sources}`, () => {
      assert.deepEqual(byPolicy(`default-src *; Frame-Ancestors ${sources}`), []);
    });
  }

  for (const source of [
    "*",
    "https:",
    "*.example.com",
    "https://*.previews.example.com:*",
    "https://pr-2.previews.example.com",
    "pr-2.previews.example.com:8443",
    "https://pr-1x.previews.example.com/frame",
    "https://x.pr-1.previews.example.com",
  ]) {
    it(`is a sibling with frame-ancestors ${source}`, () => {
      assert.deepEqual(byPolicy(`frame-ancestors 'self' ${source}`), [source]);
    });
  }

  it("needs the permission of every policy, and X-Frame-Options counts only without one", () => {
    assert.deepEqual(byPolicy("frame-ancestors *, frame-ancestors 'none'"), []);
    assert.deepEqual(found({ "content-security-policy": "frame-ancestors *", "x-frame-options": "DENY" }), ["*"]);
    assert.deepEqual(byPolicy("frame-ancestors 'none'; frame-ancestors *"), []);
  });
});

describe("verify: headers through the proxy", () => {
  const answered = (...pairs: [string, string][]) => answerOf("/", 200, pairs, Buffer.of());
  const sent = answered(
    ["Content-Type", "text/html"],
    ["X-Frame-Options", "DENY"],
    ["Date", "Tue, 23 Nov 2027 11:24:58 GMT"],
    ["Server", "gunicorn"],
    ["Set-Cookie", "csrftoken=abc; Path=/; Secure; HttpOnly; SameSite=Lax"],
  );

  it("may be joined by others, and cookies may change their values", () => {
    const arrived = answered(
      ["content-type", "text/html"],
      ["x-frame-options", "DENY"],
      ["via", "1.1 ingress"],
      ["set-cookie", "csrftoken=def; path=/; secure; HttpOnly; SameSite=Lax"],
    );
    assert.deepEqual(lostHeaders(sent, arrived), []);
  });

  it("are reported missing by name, and cookies with their attributes", () => {
    const cookie = "the cookie csrftoken; Path=/; Secure; HttpOnly; SameSite=Lax";
    assert.deepEqual(lostHeaders(sent, answered(["5", "4"])), ["content-type", "x-frame-options", cookie]);
    assert.deepEqual(
      lostHeaders(
        sent,
        answered(["content-type", "x"], ["x-frame-options", "DENY"], ["set-cookie", "csrftoken=abc; Path=/"]),
      ),
      [cookie],
    );
  });
});

describe("verify: a whole answer", () => {
  const dispatcher = new Agent();
  const servers: Server[] = [];

  after(async () => {
    await dispatcher.destroy();
    servers.forEach((server) => server.close());
  });

  async function served(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function finding(wanted: string, listener: RequestListener, product: ProductInput = {}): Promise<Finding> {
    const origin = await served(listener);
    const ask = askThrough(dispatcher, origin, 2_000);
    const begin = beginThrough(dispatcher, origin, 0.5);
    const target = new Target({ origin, ask, begin, product: parseProduct(product, "test") });
    return (await verify(target)).findings.find(({ id }) => id === wanted)!;
  }

  /** As Django does: shows its form, and takes it back with its token and the origin. */
  const form = (isFound: (request: IncomingMessage, body: string) => number): RequestListener =>
    function answer(request, response) {
      void text(request).then((body) => {
        const status = request.method === "POST" ? isFound(request, body) : 200;
        const headers = { "content-type": "text/html", "set-cookie": "csrftoken=abc; Path=/" };
        response.writeHead(status, headers).end("csrfmiddlewaretoken");
      });
    };
  const byToken = (body: string) => (body.includes("csrfmiddlewaretoken=abc") ? 200 : 403);
  const isUnmeasured = ({ headers }: IncomingMessage) => headers["transfer-encoding"] === "chunked";

  describe("to a body without a length", () => {
    it("passes when it arrives, or is refused for having none", async () => {
      const passing = [
        form((_, body) => byToken(body)),
        ...[411, 413].map((status) => form((request, body) => (isUnmeasured(request) ? status : byToken(body)))),
      ];
      for (const listener of passing) {
        assert.equal((await finding("body-without-length", listener)).outcome, "passed");
      }
    });

    it("fails when it arrives empty", async () => {
      const lost = form((request, body) => byToken(isUnmeasured(request) ? "" : body));
      const { outcome, seen } = await finding("body-without-length", lost);
      assert.equal(outcome, "failed");
      assert.match(seen, /on the public host \/api\/admin\/login\/ answers 403 without a length/);
    });

    it("isn't judged when no form is accepted at all", async () => {
      assert.equal(
        (
          await finding(
            "body-without-length",
            form(() => 403),
          )
        ).outcome,
        "not checked",
      );
    });
  });

  it("without its headers is not Django's fault, nor the settings'", async () => {
    const mangled: RequestListener = ({ url }, response) => {
      response.writeHead(200, { 5: "4" }).end(url === "/api/orders/" ? "[]" : "csrfmiddlewaretoken");
    };
    const outcome = async (id: string) => (await finding(id, mangled, { api: "/api/orders/" })).outcome;
    assert.equal(await outcome("answer-headers"), "failed");
    assert.equal(await outcome("browser-to-api"), "passed");
    assert.equal(await outcome("static-files"), "not checked");
  });

  describe("that is a stream", () => {
    const path = "/api/events/";
    const events = (listener: RequestListener) => {
      const alone: RequestListener = (request, response) =>
        request.url === path ? listener(request, response) : response.writeHead(404).end();
      return finding("event-stream", alone, { events: path });
    };
    const head = { "content-type": "text/event-stream" };

    it("passes when its first event arrives, compressed or not", async () => {
      assert.equal(
        (await events((_, response) => response.writeHead(200, head).write(": hello\n\n"))).outcome,
        "passed",
      );
      const squeezed = await events((_, response) => {
        const gzip = createGzip();
        gzip.pipe(response.writeHead(200, { ...head, "content-encoding": "gzip" }));
        gzip.write(": hello\n\n");
        gzip.flush();
      });
      assert.equal(squeezed.outcome, "passed");
    });

    it("fails when its head, its events, or all but the compression header is held back", async () => {
      const held: RequestListener[] = [
        () => undefined,
        (_, response) => response.writeHead(200, head).flushHeaders(),
        (_, response) => {
          const gzip = createGzip();
          gzip.pipe(response.writeHead(200, { ...head, "content-encoding": "gzip" }));
          gzip.write(": hello\n\n");
        },
      ];
      for (const listener of held) {
        const { outcome, seen } = await events(listener);
        assert.equal(outcome, "failed");
        assert.match(seen, /says nothing for 0.5 s/);
      }
    });

    it("must be a stream, and be named", async () => {
      assert.equal((await events((_, response) => response.writeHead(200).end("hello"))).outcome, "failed");
      assert.equal((await events((_, response) => response.writeHead(404).end())).outcome, "failed");
      assert.equal((await events((_, response) => response.writeHead(400).end())).outcome, "not checked");
      assert.equal((await finding("event-stream", (_, response) => response.end())).outcome, "not checked");
    });
  });
});
