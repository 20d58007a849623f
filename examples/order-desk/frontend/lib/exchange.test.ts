import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { exchangeOf, rememberExchanges, routable } from "./exchange.ts";

rememberExchanges();
const seen: http.IncomingMessage[] = [];
const server = http.createServer((request, response) => {
  seen.push(request);
  response.end();
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
after(() => server.close());
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** As Next copies it for a route handler. */
const copyOf = ({ headers, url }: http.IncomingMessage) =>
  new Request(`${origin}${url}`, { headers: headers as Record<string, string> });

test("a copy of a request leads to the exchange itself, while that lasts", async () => {
  let found: ReturnType<typeof exchangeOf>;
  server.once("request", (request: http.IncomingMessage) => (found = exchangeOf(copyOf(request))));
  await (await fetch(`${origin}/api/orders/?q=a%20b&debug`)).text();
  const request = seen.pop()!;
  assert.equal(found?.request, request);
  assert.equal(found.target, "/api/orders/?q=a%20b&debug");
  assert.equal(exchangeOf(copyOf(request)), undefined);
});

test("nobody from outside can name the exchange of another", async () => {
  await (await fetch(`${origin}/api/orders/`)).text();
  const former = seen.pop()!.headers["x-web-exchange"] as string;
  await (await fetch(`${origin}/api/orders/`, { headers: { "X-Web-Exchange": former } })).text();
  assert.notEqual(seen.pop()!.headers["x-web-exchange"], former);
});

test("what Next can't route, or would redirect, gets a path that it can", () => {
  const table: [string, string][] = [
    ["/api/orders/?q=a%20b", "/api/orders/?q=a%20b"],
    ["/api/auth/session", "/api/auth/session"],
    ["/api/..hidden/v1.2/...", "/api/..hidden/v1.2/..."],
    ["/api/%ff", "/api/-"],
    ["/api/%zz?q=1", "/api/-"],
    ["/api/*", "/api/-"],
    ["/api//orders/", "/api/-"],
    ["/api/..\\admin/", "/api/-"],
    ["/api/../admin/", "/api/-"],
    ["/api/./", "/api/-"],
    ["/auth/callback/%2e%2e/", "/auth/callback/-"],
    ["/", "/"],
    ["/caf%C3%A9", "/caf%C3%A9"],
    ["/?next=/api/*", "/?next=/api/*"],
  ];
  for (const [target, expected] of table) assert.equal(routable(target), expected, target);
});

test("headers by which Next would redirect are kept from it, but not from Django", async () => {
  await (await fetch(`${origin}/api/orders/`, { headers: { RSC: "1", "Next-Action": "x", Accept: "a/b" } })).text();
  const { headers, rawHeaders } = seen.pop()!;
  assert.deepEqual([headers.rsc, headers["next-action"], headers.accept], [undefined, undefined, "a/b"]);
  assert.ok(rawHeaders.includes("RSC"));
  await (await fetch(`${origin}/login`, { headers: { RSC: "1" } })).text();
  assert.equal(seen.pop()!.headers.rsc, "1");
});
