import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { openOriginProxy, type OriginProxy } from "../../verify/screenshots/origin-proxy";

describe("the proxy of the browser that takes screenshots", () => {
  /** A raw TCP server: it echoes what it receives, or sends what a test wants. */
  let said = "";
  let heard = "";
  let server: Server;
  let port: number;
  let proxy: OriginProxy;

  before(async () => {
    server = createServer((socket) => {
      socket
        .on("error", () => undefined)
        .on("data", (piece) => {
          heard += String(piece);
          socket.end(said);
        });
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    ({ port } = server.address() as { port: number });
  });
  beforeEach(() => {
    heard = "";
  });
  afterEach(() => proxy.close());
  after(() => server.close());

  /** The proxy's answer to a request's head and what follows. */
  const ask = async (head: string, more = "") => {
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(proxy.url).port) });
    socket.write(`${head} HTTP/1.1\r\nHost: any\r\nProxy-Connection: keep-alive\r\nConnection: close\r\n\r\n${more}`);
    return text(socket);
  };
  const status = async (head: string) => Number((await ask(head)).split(" ")[1]);

  it("opens a tunnel only to the one origin, by host and port", async () => {
    proxy = await openOriginProxy([`https://pr-1.localhost:${port}`]);
    said = "hello";
    assert.match(await ask(`CONNECT pr-1.localhost:${port}`, "ClientHello"), /^HTTP\/1.1 200 [^]*\r\n\r\nhello$/);
    assert.equal(heard, "ClientHello");
    for (const other of [
      `pr-1.localhost:${port - 1}`,
      `pr-2.localhost:${port}`,
      `127.0.0.1:${port}`,
      `:${port}`,
      "*",
    ]) {
      assert.equal(await status(`CONNECT ${other}`), 403, other);
    }
  });

  it("forwards plain HTTP only to an origin that uses it", async () => {
    proxy = await openOriginProxy([`http://127.0.0.1:${port}`]);
    said = "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\npage";
    const answer = await ask(`GET http://127.0.0.1:${port}/desk?of=7`);
    assert.match(answer, /^HTTP\/1.1 200 [^]*set-cookie: a=1\r\nset-cookie: b=2\r\n[^]*page/i);
    assert.match(heard, /^GET \/desk\?of=7 HTTP/);
    assert.doesNotMatch(heard, /proxy-/i);
    heard = "";
    for (const other of [
      `http://127.0.0.1:${port - 1}/`,
      `http://127.0.0.2:${port}/`,
      `https://127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}@127.0.0.1:${port - 1}/`,
      proxy.url,
      "/",
    ]) {
      assert.equal(await status(`GET ${other}`), 403, other);
    }
    assert.equal(heard, "");
  });

  it("forwards nothing in plain text when the origin uses TLS", async () => {
    proxy = await openOriginProxy([`https://127.0.0.1:${port}`]);
    assert.equal(await status(`GET http://127.0.0.1:${port}/`), 403);
    assert.equal(heard, "");
  });

  it("survives any answer of the origin", async () => {
    proxy = await openOriginProxy([`http://127.0.0.1:${port}`]);
    for (said of [
      "HTTP/1.1 050 Odd\r\n\r\n",
      "no HTTP",
      "",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    ]) {
      assert.doesNotMatch(await ask(`GET http://127.0.0.1:${port}/`), / 200 /);
    }
    said = "HTTP/1.1 200 OK\r\n\r\npage";
    assert.equal(await status(`GET http://127.0.0.1:${port}/`), 200);
  });
});
