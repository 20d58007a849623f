// The web behind a front with one deliberate fault: `faulty.mts plant '{"front": "no-patch", "variables": {}}'`. With a
// fault the front takes /api to Django itself, as the article's handler does; everything else, and everything without a
// fault, goes to Next.js, which is started anew where its variables change. The variable SERVER names another of its
// programs.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

interface Planted {
  readonly front: string;
  readonly variables: Readonly<Record<string, string>>;
}

const files = { planted: "/tmp/planted", serving: "/tmp/serving" };

const toNext = { host: "127.0.0.1", port: 3001 };
const toDjango = { host: "api", port: 8000 };

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer | string;
}

/** Where a request goes, and as what. */
function routeOf({ url = "/", headers, method }: IncomingMessage, fault: string) {
  if (fault === "" || !url.startsWith("/api/") || /^\/api\/auth\/[^?]*[^/?](\?|$)/.test(url)) {
    return { ...toNext, path: url, method, headers };
  }
  const forwarded: IncomingHttpHeaders = { ...headers, host: "api:8000", "x-forwarded-prefix": "/api" };
  if (fault === "no-prefix") delete forwarded["x-forwarded-prefix"];
  const named = /host=([^;,]+)/.exec(headers.forwarded ?? "")?.[1];
  if (fault === "gullible" && named) forwarded["x-forwarded-host"] = named;
  return { ...toDjango, path: pathOf(url.slice("/api".length), fault), method, headers: forwarded };
}

function pathOf(path: string, fault: string): string {
  const [pathname = "", query] = path.split(/\?(.*)/s);
  switch (fault) {
    case "strips-slash":
      return (pathname.replace(/\/$/, "") || "/") + (query === undefined ? "" : `?${query}`);
    case "decodes-path": {
      const url = new URL(decodeURIComponent(pathname), "http://api");
      return url.pathname + (url.search || (query === undefined ? "" : `?${query}`));
    }
    case "rewrites-query":
      return query === undefined ? pathname : `${pathname}?${new URLSearchParams(query)}`;
    default:
      return path;
  }
}

function send(options: http.RequestOptions, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = http.request(options, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    call.on("error", reject);
    call.end(body);
  });
}

function pipe(options: http.RequestOptions, response: http.ServerResponse): void {
  const call = http.get(options, (answer) => {
    response.writeHead(answer.statusCode ?? 0, answer.headers);
    answer.pipe(response);
  });
  call.on("error", () => response.destroy());
  response.on("close", () => call.destroy());
}

async function answerTo(request: IncomingMessage, body: Buffer, fault: string): Promise<Answer> {
  if (fault === "no-patch" && request.method === "PATCH") return { status: 405, headers: {}, body: "" };
  if (fault === "own-options" && request.method === "OPTIONS")
    return { status: 204, headers: { allow: "GET" }, body: "" };
  // The health checks of kubelet come without it.
  if (fault === "unhealthy" && request.url === "/healthz" && request.headers["x-forwarded-host"]) {
    return { status: 503, headers: {}, body: "" };
  }
  const route = routeOf(request, fault);
  if (fault === "loses-unmeasured" && request.headers["transfer-encoding"]) {
    const { "transfer-encoding": _, ...headers } = route.headers;
    return send({ ...route, headers }, Buffer.of());
  }
  let answer = await send(route, body);
  while (fault === "follows-redirects" && answer.status > 300 && answer.status < 400) {
    const path = (answer.headers.location ?? "").replace(/^\/api/, "");
    const headers = { ...route.headers, "content-length": "0" };
    answer = await send({ ...route, method: "GET", path, headers }, Buffer.of());
  }
  return { ...answer, ...changed(request.url ?? "/", answer, fault) };
}

function changed(url: string, { headers, body }: Answer, fault: string): Partial<Answer> {
  const isApi = url.startsWith("/api/");
  switch (fault) {
    case "one-cookie":
      return {
        headers: { ...headers, ...(headers["set-cookie"] && { "set-cookie": headers["set-cookie"].slice(-1) }) },
      };
    case "keeps-encoding":
      return isApi ? { headers: { ...headers, "content-encoding": "gzip" } } : {};
    case "caches":
      return isApi ? { headers: { ...headers, "cache-control": "public, max-age=600" } } : {};
    case "frozen-host":
      return url.includes(".js") ? { body: `${String(body)};"https://pr-7.previews.localhost:8443/api";` } : {};
    case "frozen-build-machine":
      return url.includes(".js") ? { body: `${String(body)};"http://localhost:8000/api";` } : {};
    case "framed":
      return url === "/" ? { headers: { ...headers, "content-security-policy": "frame-ancestors https:" } } : {};
    case "spoils-headers":
      return isApi ? spoiled(headers) : {};
    default:
      return {};
  }
}

/** What becomes of a flat list of names and values that is taken for a list of pairs, as Next's compression does. */
function spoiled(headers: IncomingHttpHeaders): Partial<Answer> {
  const list = Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap((one) => [name, String(one)]));
  const isName = ([name = ""]: string) => /[\w-]/.test(name);
  if (!list.every(isName)) return { status: 502, headers: {}, body: "" };
  return { headers: Object.fromEntries(list.map(([name = "", value = ""]) => [name, value])) };
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

const planted = (): Planted => JSON.parse(read(files.planted) || '{ "front": "", "variables": {} }') as Planted;

async function serve(request: IncomingMessage, response: http.ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const fault = planted().front;
  if (request.headers.accept === "text/event-stream" && fault !== "holds-events") {
    pipe(routeOf(request, fault), response);
    return;
  }
  const { status, headers, body } = await answerTo(request, Buffer.concat(parts), fault);
  // Bodies are passed on whole, with a length that Node.js counts.
  const ownHeaders = ["transfer-encoding", "content-length", "connection"];
  const kept = Object.entries(headers).filter(([name]) => !ownHeaders.includes(name));
  response.writeHead(status, Object.fromEntries(kept)).end(request.method === "HEAD" ? undefined : body);
}

function startNext(): ChildProcess {
  const variables = JSON.stringify(planted().variables);
  const env = { ...process.env, ...(JSON.parse(variables) as Planted["variables"]), PORT: "3001" };
  const next = spawn(process.execPath, [planted().variables.SERVER ?? "server.js"], { env, stdio: "inherit" });
  next.on("exit", (code, signal) => {
    if (signal !== "SIGKILL") process.exit(code ?? 1);
  });
  writeFileSync(files.serving, variables);
  return next;
}

function serveAll(): void {
  let next = startNext();
  process.on("SIGTERM", () => next.kill());
  process.on("SIGHUP", () => {
    next.once("exit", () => (next = startNext()));
    next.kill("SIGKILL");
  });
  http
    .createServer((request, response) => {
      serve(request, response).catch((error: unknown) => {
        console.error(error);
        response.writeHead(502).end();
      });
    })
    .listen(3000, "0.0.0.0");
}

async function answers(): Promise<boolean> {
  const call = http.get({ ...toNext, path: "/healthz" });
  try {
    const [answer] = (await once(call, "response")) as [IncomingMessage];
    answer.resume();
    return true;
  } catch {
    return false;
  }
}

async function plant(text: string): Promise<void> {
  const variables = JSON.stringify((JSON.parse(text) as Planted).variables);
  const isNew = variables !== read(files.serving);
  writeFileSync(files.planted, text);
  if (isNew) {
    rmSync(files.serving);
    process.kill(1, "SIGHUP");
  }
  const deadline = performance.now() + 60_000;
  while (read(files.serving) !== variables || !(await answers())) {
    if (performance.now() > deadline) throw new Error("the web doesn't serve");
    await sleep(50);
  }
}

const [, , verb, text = ""] = process.argv;
if (verb === "plant") {
  await plant(text);
} else {
  serveAll();
}
