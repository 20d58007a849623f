import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { after, beforeEach, describe, mock, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { forward, type ForwardOptions } from "./forward.ts";

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** Stands where Django stands: a real server on a real socket, which each test gives its own behaviour. */
let django: Handler;
const server = await listening((request, response) => django(request, response));
const address = addressOf(server);

/** Stands where Next stands. */
let options: ForwardOptions;
const passOn: Handler = (request, response) => void forward({ request, response, target: request.url ?? "" }, options);
let next = passOn;
const web = await listening((request, response) => next(request, response));

mock.method(console, "error", () => {});
beforeEach(() => {
  options = { upstream: new URL(address), prefixMode: "strip" };
  next = passOn;
  django = (_, response) => response.end("hello");
});
after(() => {
  for (const each of [server, web]) {
    each.close();
    each.closeAllConnections();
  }
});

async function listening(handler: Handler): Promise<http.Server> {
  const made = http.createServer(handler);
  made.listen(0, "127.0.0.1");
  await once(made, "listening");
  return made;
}

function addressOf(made: http.Server): string {
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

interface Init {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: Buffer | string | Readable;
  readonly signal?: AbortSignal;
}

/** Asks the proxy, with the path as it stands here: `fetch` would tidy it up first. */
async function ask(path: string, { body, ...init }: Init = {}): Promise<http.IncomingMessage> {
  const call = http.request(addressOf(web), { path, ...init });
  if (body instanceof Readable) body.on("error", () => call.destroy()).pipe(call);
  else call.end(body);
  const [answer] = (await once(call, "response")) as [http.IncomingMessage];
  return answer;
}

const textOf = async (answer: http.IncomingMessage) => (await buffer(answer)).toString();
const jsonOf = async (answer: http.IncomingMessage): Promise<unknown> => JSON.parse(await textOf(answer));

/** Sends a request through the proxy and reports what arrived behind it. */
async function arrival(path: string, init?: Init) {
  let seen: http.IncomingMessage | undefined;
  let digest = "";
  django = async (request, response) => {
    seen = request;
    digest = sha256(await buffer(request));
    response.end();
  };
  await textOf(await ask(path, init));
  assert.ok(seen, "the request did not arrive");
  return { method: seen.method, url: seen.url, headers: seen.headers, digest };
}

const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");

describe("the request", () => {
  for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    test(`${method} stays ${method}`, async () => {
      assert.equal((await arrival("/api/orders/", { method })).method, method);
    });
  }

  test("path and query arrive as they were sent, without the prefix", async () => {
    const { url } = await arrival("/api/files/a%2Fb/Malm%C3%B6/?q=a+b%20c&q=%3F&empty=&next=/api/x");
    assert.equal(url, "/files/a%2Fb/Malm%C3%B6/?q=a+b%20c&q=%3F&empty=&next=/api/x");
  });

  test("a binary body arrives unchanged and with its length, which Django needs", async () => {
    const body = randomBytes(1024 * 1024);
    const { headers, digest } = await arrival("/api/upload/", {
      method: "PATCH",
      body,
      headers: { "Content-Length": String(body.length) },
    });
    assert.equal(digest, sha256(body));
    assert.equal(headers["content-length"], String(body.length));
    assert.equal(headers["transfer-encoding"], undefined);
  });

  test("a body of unknown length is streamed", async () => {
    const chunks = [Buffer.from("one "), Buffer.from("two")];
    const { digest } = await arrival("/api/upload/", { method: "PUT", body: Readable.from(chunks) });
    assert.equal(digest, sha256(Buffer.concat(chunks)));
  });

  test("an empty POST has an end", async () => {
    assert.equal((await arrival("/api/orders/1/ship/", { method: "POST" })).headers["content-length"], "0");
  });

  test("a GET may have a body, a DELETE none", async () => {
    const { digest } = await arrival("/api/orders/", { headers: { "Content-Length": 5 }, body: "hello" });
    assert.equal(digest, sha256(Buffer.from("hello")));
    const { headers } = await arrival("/api/orders/1/", { method: "DELETE" });
    assert.equal(headers["transfer-encoding"], undefined);
  });

  test("headers of one hop end here, also those that Connection names", async () => {
    const { headers } = await arrival("/api/orders/", {
      headers: {
        Connection: "X-Only-Here, keep-alive",
        "X-Only-Here": "1",
        "Keep-Alive": "timeout=5",
        "Proxy-Authorization": "Basic eDp5",
        TE: "trailers",
        Authorization: "Token t",
        Cookie: "a=1; b=2",
      },
    });
    for (const name of ["x-only-here", "keep-alive", "proxy-authorization", "te"]) {
      assert.equal(headers[name], undefined, name);
    }
    assert.equal(headers.authorization, "Token t");
    assert.equal(headers.cookie, "a=1; b=2");
  });

  test("Django learns the prefix from us, and the host from the ingress", async () => {
    const { headers } = await arrival("/api/orders/", {
      headers: {
        Connection: "X-Forwarded-Proto",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Host": "pr-1.previews.example.com",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "192.0.2.7",
      },
    });
    assert.equal(headers["x-forwarded-prefix"], "/api");
    assert.equal(headers["x-forwarded-host"], "pr-1.previews.example.com");
    assert.equal(headers["x-forwarded-proto"], "https");
    assert.equal(headers["x-forwarded-for"], "192.0.2.7");
    assert.equal(headers.host, new URL(address).host);
  });

  test("the callback route keeps its path and names no prefix", async () => {
    const { url, headers } = await arrival("/auth/callback/example/?code=1", {
      headers: { "X-Forwarded-Prefix": "/api" },
    });
    assert.equal(url, "/auth/callback/example/?code=1");
    assert.equal(headers["x-forwarded-prefix"], undefined);
  });

  test("a path that leaves the prefix doesn't reach Django", async () => {
    django = () => assert.fail("it did");
    for (const path of [
      "/api/..%2f..%2fadmin/",
      "/api/%2e%2e/admin/",
      "/api//admin/",
      "/api/..%5cadmin/",
      "/api/../admin/",
      "/other/",
    ]) {
      const answer = await ask(path);
      assert.equal(answer.statusCode, 400, path);
      assert.deepEqual(await jsonOf(answer), { detail: "This path is not allowed." });
    }
  });
});

describe("the answer", () => {
  test("status, headers and each cookie come back", async () => {
    django = (_, response) => {
      response.writeHead(418, "I'm a teapot", [
        ["Set-Cookie", "__Host-sessionid=a; Path=/; Secure; Expires=Wed, 21 Oct 2026 07:28:00 GMT"],
        ["Set-Cookie", "__Host-csrftoken=b; Path=/; Secure"],
        ["Vary", "Cookie"],
        ["Connection", "X-Only-Here"],
        ["X-Only-Here", "1"],
        ["Proxy-Authenticate", "Basic"],
      ]);
      response.end("short and stout");
    };
    const answer = await ask("/api/tea/");
    assert.equal(answer.statusCode, 418);
    assert.equal(answer.statusMessage, "I'm a teapot");
    assert.deepEqual(answer.headers["set-cookie"], [
      "__Host-sessionid=a; Path=/; Secure; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
      "__Host-csrftoken=b; Path=/; Secure",
    ]);
    assert.equal(answer.headers.vary, "Cookie");
    for (const name of ["x-only-here", "proxy-authenticate"]) assert.equal(answer.headers[name], undefined, name);
    assert.equal(await textOf(answer), "short and stout");
  });

  test("what Next had prepared for it goes", async () => {
    web.prependOnceListener("request", (_, response) => void response.setHeader("Vary", "RSC"));
    django = (_, response) => response.end("hello");
    assert.equal((await ask("/api/orders/")).headers.vary, undefined);
  });

  test("a redirect is the browser's to follow", async () => {
    django = (_, response) => response.writeHead(302, { Location: "/api/admin/login/", "Set-Cookie": "a=1" }).end();
    const answer = await ask("/api/admin/");
    assert.equal(answer.statusCode, 302);
    assert.equal(answer.headers.location, "/api/admin/login/");
    assert.deepEqual(answer.headers["set-cookie"], ["a=1"]);
  });

  test("an encoding that the browser asked for stays, with its length", async () => {
    const body = gzipSync("coffee ".repeat(10_000));
    django = (request, response) => {
      assert.equal(request.headers["accept-encoding"], "gzip, br");
      response.writeHead(200, { "Content-Encoding": "gzip", "Content-Length": body.length }).end(body);
    };
    const answer = await ask("/api/big/", { headers: { "Accept-Encoding": "gzip, br" } });
    assert.equal(answer.headers["content-encoding"], "gzip");
    assert.equal(answer.headers["content-length"], String(body.length));
    assert.deepEqual(await buffer(answer), body);
  });

  for (const status of [204, 304]) {
    test(`${status} has no body`, async () => {
      django = (_, response) => response.writeHead(status).end();
      const answer = await ask("/api/orders/");
      assert.equal(answer.statusCode, status);
      assert.equal(await textOf(answer), "");
    });
  }

  test("a HEAD learns the length", async () => {
    django = (_, response) => response.writeHead(200, { "Content-Length": "1234" }).end();
    const answer = await ask("/api/file/", { method: "HEAD" });
    assert.equal(answer.headers["content-length"], "1234");
    assert.equal(await textOf(answer), "");
  });

  test("binary data comes back unchanged", async () => {
    const data = randomBytes(3 * 1024 * 1024);
    django = (_, response) => response.end(data);
    assert.equal(sha256(await buffer(await ask("/api/file/"))), sha256(data));
  });

  test("a part of a file stays a part", async () => {
    django = (request, response) => {
      assert.equal(request.headers.range, "bytes=2-3");
      response.writeHead(206, { "Content-Range": "bytes 2-3/5" }).end("cd");
    };
    const answer = await ask("/api/file/", { headers: { Range: "bytes=2-3" } });
    assert.equal(answer.statusCode, 206);
    assert.equal(answer.headers["content-range"], "bytes 2-3/5");
  });

  test("events arrive as they are sent, and may be further apart than the first may take", async () => {
    options = { ...options, timeoutMs: 100 };
    const sent: number[] = [];
    django = async (_, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      for (const number of [1, 2]) {
        sent.push(number);
        response.write(`data: ${number}\n\n`);
        await sleep(300);
      }
      response.end();
    };
    const events = (await ask("/api/events/"))[Symbol.asyncIterator]();
    assert.match(String((await events.next()).value), /data: 1/);
    assert.deepEqual(sent, [1]);
    assert.match(String((await events.next()).value), /data: 2/);
    assert.equal((await events.next()).done, true);
  });

  test("an event stream begins before its first event", async () => {
    django = (_, response) => response.writeHead(200, { "Content-Type": "text/event-stream" }).flushHeaders();
    const answer = await ask("/api/events/");
    assert.equal(answer.statusCode, 200);
    answer.destroy();
  });

  test("a slow reader holds the sender back", async () => {
    let written = 0;
    const chunk = Buffer.alloc(64 * 1024);
    django = (_, response) => {
      const more = () => {
        while (written < 64 * 1024 * 1024) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    };
    const answer = await ask("/api/file/");
    await sleep(300);
    // What fits into the buffers of four sockets, and not the whole file.
    assert.ok(written < 24 * 1024 * 1024, `${written} bytes were taken`);
    answer.destroy();
  });
});

describe("where Next compresses (compress: true, its default)", () => {
  type Compress = (...exchange: [...Parameters<Handler>, () => void]) => void;
  const compression = createRequire(import.meta.url)("next/dist/compiled/compression") as () => Compress;
  const compress = compression();
  const headers = { "Accept-Encoding": "gzip, br" };

  beforeEach(() => {
    next = (request, response) => compress(request, response, () => passOn(request, response));
  });

  test("headers, cookies and body come back as Django sent them", async () => {
    const page = "<p>coffee</p>".repeat(1_000);
    django = (_, response) => {
      response.writeHead(200, [
        ["Content-Type", "text/html; charset=utf-8"],
        ["Content-Length", String(page.length)],
        ["ETag", '"54"'],
        ["Set-Cookie", "a=1; Path=/"],
        ["Set-Cookie", "b=2; Path=/"],
      ]);
      response.end(page);
    };
    const answer = await ask("/api/admin/", { headers });
    const { connection, date, "keep-alive": keepAlive, ...own } = answer.headers;
    assert.ok(connection && date && keepAlive);
    assert.deepEqual(own, {
      "content-type": "text/html; charset=utf-8",
      "content-length": String(page.length),
      etag: '"54"',
      "set-cookie": ["a=1; Path=/", "b=2; Path=/"],
    });
    assert.equal(await textOf(answer), page);
  });

  test("a part of a file stays a part", async () => {
    django = (_, response) => {
      const head = { "Content-Type": "text/plain", "Content-Range": "bytes 0-4999/9999" };
      response.writeHead(206, head).end("c".repeat(5_000));
    };
    const answer = await ask("/api/file/", { headers });
    assert.equal(answer.headers["content-encoding"], undefined);
    assert.equal((await buffer(answer)).length, 5_000);
  });

  test("events arrive as they are sent", async () => {
    let more: () => void = () => assert.fail("no first event");
    django = (_, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 1\n\n");
      more = () => response.end("data: 2\n\n");
    };
    const events = (await ask("/api/events/", { headers }))[Symbol.asyncIterator]();
    assert.equal(String((await events.next()).value), "data: 1\n\n");
    more();
    assert.equal(String((await events.next()).value), "data: 2\n\n");
    assert.equal((await events.next()).done, true);
  });
});

describe("an upload", () => {
  const drop: Handler = (request, response) => void request.resume().on("end", () => response.end());

  test("that says to be too long is 413, and doesn't reach Django", async () => {
    options = { ...options, upload: { maxBytes: 1_000 } };
    django = () => assert.fail("it did");
    const answer = await ask("/api/upload/", { method: "POST", body: Buffer.alloc(1_001) });
    assert.equal(answer.statusCode, 413);
    assert.deepEqual(await jsonOf(answer), { detail: "The request is longer than 1000 bytes." });
  });

  test("that becomes too long is 413, each time, and none that Django takes for complete", async () => {
    options = { ...options, upload: { maxBytes: 1_000_000 } };
    let complete = 0;
    django = (request) =>
      void request
        .on("error", () => {})
        .resume()
        .on("end", () => (complete += 1));
    const piece = Buffer.alloc(64 * 1024);
    for (let attempt = 0; attempt < 20; attempt++) {
      const body = Readable.from(Array.from({ length: 100 }, () => piece));
      assert.equal((await ask("/api/upload/", { method: "POST", body })).statusCode, 413);
    }
    assert.equal(complete, 0);
  });

  test("may be as long as allowed", async () => {
    options = { ...options, upload: { maxBytes: 1_000 } };
    django = drop;
    for (const body of [Buffer.alloc(1_000), Readable.from([Buffer.alloc(1_000)])]) {
      assert.equal((await ask("/api/upload/", { method: "POST", body })).statusCode, 200);
    }
  });

  test("that trickles is 408, and gives Django its thread back", async () => {
    options = { ...options, upload: { windowMs: 100 } };
    let gone: Promise<unknown> | undefined;
    django = (request) => {
      request.on("error", () => {}).resume();
      gone = new Promise((resolve) => request.socket.once("close", resolve));
    };
    const call = http.request(addressOf(web), { path: "/api/upload/", method: "POST" });
    const drip = setInterval(() => call.write("x"), 10);
    const [answer] = (await once(call, "response")) as [http.IncomingMessage];
    clearInterval(drip);
    assert.equal(answer.statusCode, 408);
    assert.deepEqual(await jsonOf(answer), { detail: "The request came too slowly." });
    await gone;
    call.destroy();
  });

  test("that Django holds back isn't slow", async () => {
    options = { ...options, upload: { windowMs: 50 } };
    django = async (request, response) => {
      await sleep(400);
      drop(request, response);
    };
    const answer = await ask("/api/upload/", { method: "POST", body: Buffer.alloc(20_000_000) });
    assert.equal(answer.statusCode, 200);
  });
});

describe("when something goes wrong", () => {
  test("Django down is 502, without a stack", async () => {
    options = { ...options, upstream: new URL("http://127.0.0.1:1") };
    const answer = await ask("/api/orders/", { method: "POST", body: "{}" });
    assert.equal(answer.statusCode, 502);
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.deepEqual(await jsonOf(answer), { detail: "The API can’t be reached." });
  });

  test("Django silent is 504, and Django is told", async () => {
    options = { ...options, timeoutMs: 100 };
    let gone: Promise<unknown> | undefined;
    django = (request) => void (gone = once(request.socket, "close"));
    const answer = await ask("/api/orders/");
    assert.equal(answer.statusCode, 504);
    assert.deepEqual(await jsonOf(answer), { detail: "The API did not answer in time." });
    await gone;
  });

  const mayBeDone = "It may have done what you asked for: look before you send it again.";

  test("a change that is silent for too long may have been made, and the answer says so", async () => {
    options = { ...options, timeoutMs: 100 };
    django = (request) => void request.resume();
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const answer = await ask("/api/orders/", { method, body: "{}", headers: { "Content-Length": 2 } });
      assert.equal(answer.statusCode, 504);
      assert.deepEqual(await jsonOf(answer), { detail: `The API did not answer in time. ${mayBeDone}` }, method);
    }
  });

  test("so may one whose connection breaks off", async () => {
    django = (request) => request.socket.destroy();
    const answer = await ask("/api/orders/", { method: "POST", body: "{}" });
    assert.equal(answer.statusCode, 502);
    assert.deepEqual(await jsonOf(answer), { detail: `The API broke off. ${mayBeDone}` });
  });

  test("a browser that asked for a page gets one, as safe as any other", async () => {
    options = { ...options, timeoutMs: 100 };
    django = () => {};
    const accept = "text/html,application/xhtml+xml,*/*;q=0.8";
    const answer = await ask("/api/admin/", { method: "POST", headers: { Accept: accept } });
    assert.equal(answer.statusCode, 504);
    assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
    assert.equal(answer.headers["content-security-policy"], "frame-ancestors 'none'");
    const page = await textOf(answer);
    assert.match(page, /^<!doctype html>.*<h1>504 Gateway Timeout<\/h1>/);
    assert.ok(page.includes(mayBeDone));
  });

  test("a visitor who pauses in an upload isn't Django's silence", async () => {
    options = { ...options, timeoutMs: 50 };
    django = async (request, response) => response.end(sha256(await buffer(request)));
    const body = Readable.from(
      (async function* () {
        yield Buffer.from("one ");
        await sleep(200);
        yield Buffer.from("two");
      })(),
    );
    const answer = await ask("/api/upload/", { method: "POST", body });
    assert.equal(answer.statusCode, 200);
    assert.equal(await textOf(answer), sha256(Buffer.from("one two")));
  });

  test("Django that takes no more of an upload is 504", async () => {
    options = { ...options, timeoutMs: 50 };
    django = (request) => request.pause();
    const call = http.request(addressOf(web), { path: "/api/upload/", method: "POST" });
    call.write(Buffer.alloc(20_000_000));
    const [answer] = (await once(call, "response")) as [http.IncomingMessage];
    assert.equal(answer.statusCode, 504);
    call.destroy();
  });

  for (const [what, head] of [
    ["a protocol that nobody asked for", "101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other"],
    ["a status without a meaning", "099 Odd"],
    ["a status line that can't be repeated", "200 Fi\x01ne"],
  ]) {
    test(`${what} is 502, and not awaited for ever`, async () => {
      django = (request) => request.socket.write(`HTTP/1.1 ${head}\r\nContent-Length: 5\r\n\r\n`);
      const answer = await ask("/api/orders/");
      assert.equal(answer.statusCode, 502);
      assert.deepEqual(await jsonOf(answer), { detail: "The API can’t be reached." });
    });
  }

  test("a connection that is closed just as it is used again costs a visitor nothing, unless it was to change something", async () => {
    const sockets = new Set<unknown>();
    django = (request, response) => {
      if (sockets.has(request.socket)) request.socket.destroy();
      else response.end(`answer ${sockets.add(request.socket).size}`);
    };
    const origin = await listening((request, response) => django(request, response));
    options = { ...options, upstream: new URL(addressOf(origin)) };
    assert.equal(await textOf(await ask("/api/orders/")), "answer 1");
    assert.equal(await textOf(await ask("/api/orders/")), "answer 2");
    assert.equal(await textOf(await ask("/api/orders/")), "answer 3");
    assert.equal((await ask("/api/orders/", { method: "POST", body: "{}" })).statusCode, 502);
    origin.closeAllConnections();
    origin.close();
  });

  test("what comes after the end of an answer doesn't spoil it", async () => {
    django = (request) => request.socket.end("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc");
    assert.equal((await ask("/api/orders/1/", { method: "DELETE" })).statusCode, 204);
  });

  test("an upload that Django refuses early still gets its answer, each time", async () => {
    // At once and with a close, as gunicorn does: what is on its way then meets a closed connection.
    const refusing = await listening((request, response) => {
      response.writeHead(413, { Connection: "close" }).end("too big", () => request.socket.destroy());
    });
    options = { ...options, upstream: new URL(addressOf(refusing)) };
    const piece = Buffer.alloc(64 * 1024);
    try {
      for (let attempt = 0; attempt < 200; attempt++) {
        const body = Readable.from(Array.from({ length: 100 }, () => piece));
        const answer = await ask("/api/upload/", { method: "POST", body });
        assert.equal(answer.statusCode, 413, `attempt ${attempt}`);
        assert.equal(await textOf(answer), "too big");
      }
    } finally {
      refusing.close();
      refusing.closeAllConnections();
    }
  });

  test("a visitor who leaves takes the request to Django along", async () => {
    const closed = new Promise((resolve) => {
      django = (request, response) => {
        response.writeHead(200).write("first");
        request.socket.once("close", resolve);
      };
    });
    const answer = await ask("/api/events/");
    await once(answer, "data");
    answer.destroy();
    await closed;
  });

  test("a visitor who leaves before the answer does so too", async () => {
    const leaving = new AbortController();
    const closed = new Promise((resolve) => {
      django = (request) => {
        request.socket.once("close", resolve);
        leaving.abort();
      };
    });
    await assert.rejects(ask("/api/slow/", { signal: leaving.signal }));
    await closed;
  });

  test("an upload that breaks off is no complete one", async () => {
    const seen = new Promise<boolean>((resolve) => {
      django = (request) => {
        request.on("error", () => {}).resume();
        request.on("close", () => resolve(request.complete));
      };
    });
    const body = Readable.from(
      (async function* () {
        yield Buffer.from("half of");
        await sleep(50);
        throw new Error("the visitor went away");
      })(),
    );
    await assert.rejects(ask("/api/upload/", { method: "POST", body }));
    assert.equal(await seen, false);
  });

  test("an answer that breaks off is not taken for a complete one", async () => {
    django = (_, response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("half of", () => response.destroy());
    };
    await assert.rejects(textOf(await ask("/api/file/")));
  });

  test("nor is one without a length", async () => {
    django = (_, response) => {
      response.writeHead(200).write("half of", () => response.destroy());
    };
    await assert.rejects(textOf(await ask("/api/file/")));
  });

  test("a connection serves the next request after all that", async () => {
    django = (request, response) => response.end(request.socket.remotePort?.toString());
    const first = await textOf(await ask("/api/orders/"));
    assert.equal(await textOf(await ask("/api/orders/")), first);
  });
});
