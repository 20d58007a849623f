import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { ReadableStream } from "node:stream/web";
import { after, beforeEach, describe, mock, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { proxy, type ProxyOptions } from "./proxy.ts";

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** Stands where Django stands: a real server on a real socket, which each test gives its own behaviour. */
let django: Handler;
const server = http.createServer((request, response) => django(request, response));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

mock.method(console, "error", () => {});
beforeEach(() => {
  process.env.INTERNAL_API_URL = address;
  django = (_, response) => response.end("hello");
});
after(() => {
  server.close();
  server.closeAllConnections();
});

function ask(path: string, init: RequestInit = {}, options: ProxyOptions = { stripPrefix: "/api" }): Promise<Response> {
  return proxy(
    new Request(`https://pr-1.previews.example.com${path}`, { duplex: "half", ...init } as RequestInit),
    options,
  );
}

/** Sends a request through the proxy and reports what arrived behind it. */
async function arrival(path: string, init?: RequestInit, options?: ProxyOptions) {
  let seen: http.IncomingMessage | undefined;
  const hash = createHash("sha256");
  django = async (request, response) => {
    seen = request;
    for await (const chunk of request) hash.update(chunk as Buffer);
    response.end();
  };
  await (await ask(path, init, options)).text();
  assert.ok(seen, "the request did not arrive");
  return { method: seen.method, url: seen.url, headers: seen.headers, digest: hash.digest("hex") };
}

/** A body of unknown length. */
const stream = (chunks: Iterable<Buffer> | AsyncIterable<Buffer>) => ReadableStream.from(chunks) as BodyInit;

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

  test("what the browser sent counts, not what Next has made of it", async () => {
    const { url, headers } = await arrival("/api/search/?q=a+b&debug=", {
      headers: { "X-Web-Request-Target": "/api/search/?q=a%20b&debug&&~" },
    });
    assert.equal(url, "/search/?q=a%20b&debug&&~");
    assert.equal(headers["x-web-request-target"], undefined);
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
    const { digest } = await arrival("/api/upload/", { method: "PUT", body: stream(chunks) });
    assert.equal(digest, sha256(Buffer.concat(chunks)));
  });

  test("an empty POST has an end", async () => {
    assert.equal((await arrival("/api/orders/1/ship/", { method: "POST" })).headers["content-length"], "0");
  });

  test("a GET whose body Next has dropped doesn't promise one", async () => {
    const { headers } = await arrival("/api/orders/", { headers: { "Content-Length": "5" } });
    assert.equal(headers["content-length"], undefined);
  });

  test("headers of one hop end here, also those that Connection names", async () => {
    const { headers } = await arrival("/api/orders/", {
      headers: {
        Connection: "X-Only-Here, keep-alive",
        "X-Only-Here": "1",
        "Keep-Alive": "timeout=5",
        "Proxy-Authorization": "Basic eDp5",
        TE: "trailers",
        Upgrade: "h2c",
        Authorization: "Token t",
        Cookie: "a=1; b=2",
      },
    });
    for (const name of ["x-only-here", "keep-alive", "proxy-authorization", "te", "upgrade"]) {
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
    const { url, headers } = await arrival(
      "/auth/callback/example/?code=1",
      { headers: { "X-Forwarded-Prefix": "/api" } },
      {},
    );
    assert.equal(url, "/auth/callback/example/?code=1");
    assert.equal(headers["x-forwarded-prefix"], undefined);
  });

  test("a path that leaves the prefix doesn't reach Django", async () => {
    django = () => assert.fail("it did");
    for (const path of ["/api/..%2f..%2fadmin/", "/api/%2e%2e/admin/", "/api//admin/", "/api/..%5cadmin/", "/other/"]) {
      const response = await ask(path);
      assert.equal(response.status, 400, path);
      assert.deepEqual(await response.json(), { detail: "This path is not allowed." });
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
        ["Keep-Alive", "timeout=9"],
      ]);
      response.end("short and stout");
    };
    const response = await ask("/api/tea/");
    assert.equal(response.status, 418);
    assert.equal(response.statusText, "I'm a teapot");
    assert.deepEqual(response.headers.getSetCookie(), [
      "__Host-sessionid=a; Path=/; Secure; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
      "__Host-csrftoken=b; Path=/; Secure",
    ]);
    assert.equal(response.headers.get("vary"), "Cookie");
    for (const name of ["connection", "x-only-here", "keep-alive"])
      assert.equal(response.headers.get(name), null, name);
    assert.equal(await response.text(), "short and stout");
  });

  test("a redirect is the browser's to follow", async () => {
    django = (_, response) => response.writeHead(302, { Location: "/api/admin/login/", "Set-Cookie": "a=1" }).end();
    const response = await ask("/api/admin/");
    assert.equal(response.status, 302);
    assert.equal(response.headers.get("location"), "/api/admin/login/");
    assert.deepEqual(response.headers.getSetCookie(), ["a=1"]);
  });

  for (const [encoding, encode] of [
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ] as const) {
    test(`${encoding} is undone, and no header says otherwise`, async () => {
      const text = "coffee ".repeat(10_000);
      django = (request, response) => {
        assert.equal(request.headers["accept-encoding"], "identity");
        const body = encode(text);
        response.writeHead(200, { "Content-Encoding": encoding, "Content-Length": body.length }).end(body);
      };
      const response = await ask("/api/big/", { headers: { "Accept-Encoding": "gzip, br" } });
      assert.equal(await response.text(), text);
      assert.equal(response.headers.get("content-encoding"), null);
      assert.equal(response.headers.get("content-length"), null);
    });
  }

  test("an encoding that we can't undo is no answer", async () => {
    django = (_, response) => response.writeHead(200, { "Content-Encoding": "x-own" }).end("?");
    assert.equal((await ask("/api/odd/")).status, 502);
  });

  for (const status of [204, 205, 304]) {
    test(`${status} has no body`, async () => {
      django = (_, response) => response.writeHead(status).end();
      const response = await ask("/api/orders/");
      assert.equal(response.status, status);
      assert.equal(response.body, null);
    });
  }

  test("binary data comes back unchanged", async () => {
    const data = randomBytes(3 * 1024 * 1024);
    django = (_, response) => response.end(data);
    assert.equal(sha256(Buffer.from(await (await ask("/api/file/")).arrayBuffer())), sha256(data));
  });

  test("a part of a file stays a part", async () => {
    django = (request, response) => {
      assert.equal(request.headers.range, "bytes=2-3");
      response.writeHead(206, { "Content-Range": "bytes 2-3/5" }).end("cd");
    };
    const response = await ask("/api/file/", { headers: { Range: "bytes=2-3" } });
    assert.equal(response.status, 206);
    assert.equal(response.headers.get("content-range"), "bytes 2-3/5");
  });

  test("events arrive as they are sent, and may be further apart than the first may take", async () => {
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
    const reader = (await ask("/api/events/", {}, { stripPrefix: "/api", patienceMs: 100 })).body!.getReader();
    assert.match(Buffer.from((await reader.read()).value!).toString(), /data: 1/);
    assert.deepEqual(sent, [1]);
    assert.match(Buffer.from((await reader.read()).value!).toString(), /data: 2/);
    assert.equal((await reader.read()).done, true);
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
    const response = await ask("/api/file/");
    await sleep(300);
    // What fits into the buffers of two sockets, and not the whole file.
    assert.ok(written < 16 * 1024 * 1024, `${written} bytes were taken`);
    await response.body!.cancel();
  });
});

describe("when something goes wrong", () => {
  test("Django down is 502, without a stack", async () => {
    process.env.INTERNAL_API_URL = "http://127.0.0.1:1";
    const response = await ask("/api/orders/", { method: "POST", body: "{}" });
    assert.equal(response.status, 502);
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.deepEqual(await response.json(), { detail: "The API can’t be reached." });
  });

  test("Django silent is 504, and Django is told", async () => {
    let gone: Promise<unknown> | undefined;
    django = (request) => void (gone = once(request.socket, "close"));
    const response = await ask("/api/orders/", {}, { stripPrefix: "/api", patienceMs: 100 });
    assert.equal(response.status, 504);
    assert.deepEqual(await response.json(), { detail: "The API did not answer in time." });
    await gone;
  });

  test("no INTERNAL_API_URL is named", async () => {
    for (const value of ["", "api:8000"]) {
      process.env.INTERNAL_API_URL = value;
      const response = await ask("/api/orders/");
      assert.equal(response.status, 500, value);
      assert.match(await response.text(), /INTERNAL_API_URL/);
    }
  });

  test("an upload that Django refuses early still gets its answer", async () => {
    django = (_, response) => {
      response.writeHead(401, { Connection: "close" }).end("log in first");
    };
    const body = stream(
      (async function* () {
        for (let index = 0; index < 50; index++) {
          yield Buffer.alloc(64 * 1024);
          await sleep(2);
        }
      })(),
    );
    const response = await ask("/api/upload/", { method: "POST", body });
    assert.equal(response.status, 401);
    assert.equal(await response.text(), "log in first");
  });

  test("a visitor who leaves takes the request to Django along", async () => {
    const leaving = new AbortController();
    const closed = new Promise((resolve) => {
      django = (request, response) => {
        response.writeHead(200).write("first");
        request.socket.once("close", resolve);
      };
    });
    const response = await ask("/api/events/", { signal: leaving.signal });
    const reader = response.body!.getReader();
    await reader.read();
    leaving.abort();
    await closed;
    await assert.rejects(reader.read());
  });

  test("a visitor who leaves before the answer does so too", async () => {
    const leaving = new AbortController();
    const closed = new Promise((resolve) => {
      django = (request) => {
        request.socket.once("close", resolve);
        leaving.abort();
      };
    });
    assert.equal((await ask("/api/slow/", { signal: leaving.signal })).status, 502);
    await closed;
  });

  test("an upload that breaks off is no complete one", async () => {
    const seen = new Promise<boolean>((resolve) => {
      django = (request) => {
        request.resume();
        request.on("close", () => resolve(request.complete));
      };
    });
    const body = stream(
      (async function* () {
        yield Buffer.from("half of");
        await sleep(50);
        throw new Error("the visitor went away");
      })(),
    );
    assert.equal((await ask("/api/upload/", { method: "POST", body })).status, 502);
    assert.equal(await seen, false);
  });

  test("an answer that breaks off is not taken for a complete one", async () => {
    django = (_, response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("half of", () => response.destroy());
    };
    await assert.rejects((await ask("/api/file/")).text());
  });
});
