import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { after, beforeEach, test } from "node:test";
import { rememberExchanges } from "./exchange.ts";
import { proxy } from "./proxy.ts";

rememberExchanges();
/** Does what Next does around a route handler. */
const web = http.createServer(async (request, response) => {
  const copy = new Request(`http://web${request.url}`, { headers: request.headers as Record<string, string> });
  const { status } = await proxy(copy);
  response.statusCode = status;
  response.end();
});
const django = http.createServer((request, response) => response.writeHead(203).end(request.url));
for (const server of [web, django]) await once(server.listen(0, "127.0.0.1"), "listening");
after(() => {
  for (const server of [web, django]) server.close();
});
const addressOf = (server: http.Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeEach(() => {
  process.env.INTERNAL_API_URL = addressOf(django);
  delete process.env.API_PREFIX;
});

test("a visitor's request gets Django's answer", async () => {
  const answer = await fetch(`${addressOf(web)}/api/orders/`);
  assert.equal(answer.status, 203);
  assert.equal(await answer.text(), "/orders/");
});

test("API_PREFIX=keep keeps /api", async () => {
  process.env.API_PREFIX = "keep";
  assert.equal(await (await fetch(`${addressOf(web)}/api/orders/?q=%20`)).text(), "/api/orders/?q=%20");
});

test("settings that are wrong are named", async () => {
  for (const [name, value] of [
    ["INTERNAL_API_URL", ""],
    ["INTERNAL_API_URL", "api:8000"],
    ["API_PREFIX", "/api"],
  ] as const) {
    const before = process.env[name];
    process.env[name] = value;
    const answer = await fetch(`${addressOf(web)}/api/orders/`);
    assert.equal(answer.status, 500, value);
    assert.match(await answer.text(), new RegExp(name));
    process.env[name] = before ?? "strip";
  }
});

test("a request that came too early is asked to come again", async () => {
  const answer = await proxy(new Request("http://web/api/orders/"));
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("retry-after"), "1");
});
