import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { buffer } from "node:stream/consumers";
import { isWhole } from "../extent";
import { eventually } from "./http";
import { kubectl } from "./kubectl";
import { sibling as preview } from "../shared-previews";
import { type Answer, ask, begin, content, type Question, sha256, uploadByHttp2 } from "./proxy/client";
import { assertSameAnswer, assertSameRequest, type Echo, echoOf } from "./proxy/parity";
import { forgetPeak, forwardPort, memoryOfWeb, refusedUploads } from "./proxy/web";

const MiB = 2 ** 20;

/** Sends the same request twice: through Next.js under /api, and directly to Django on the API's own host. */
describe("the proxy between browser and Django", () => {
  const { origin, apiOrigin, host } = preview.names;

  before(async () => {
    await preview.open();
    await serving();
  });

  const through = (path: string, question?: Question) => ask(origin, `/api${path}`, question);
  const directly = (path: string, question?: Question) => ask(apiOrigin, path, question);

  async function serving(): Promise<void> {
    await eventually(async () => {
      assert.equal((await through("/parity/json/")).status, 200);
      assert.equal((await directly("/parity/json/")).status, 200);
    });
  }

  async function both(path: string, question: () => Question = () => ({})): Promise<[Answer, Answer]> {
    return [await through(path, question()), await directly(path, question())];
  }

  /** Compares what Django saw. */
  async function sameRequest(path: string, question?: () => Question, mode: "strip" | "keep" = "strip"): Promise<void> {
    const [proxied, direct] = await both(path, question);
    assert.equal(proxied.status, 200, proxied.text);
    if (proxied.length > 0) {
      assertSameRequest(echoOf(proxied), echoOf(direct), mode);
    }
  }

  /** Compares what the browser sees. */
  async function sameAnswer(path: string, question?: () => Question): Promise<Answer> {
    const [proxied, direct] = await both(path, question);
    assertSameAnswer(proxied, direct);
    return proxied;
  }

  const active = async () => (JSON.parse((await directly("/parity/active/")).text) as { active: number }).active;
  const nobodyWorks = () => eventually(async () => assert.equal(await active(), 0));
  const release = (name: string) => directly(`/parity/release/?name=${name}`, { method: "POST" });
  const seen = async () => (await directly("/parity/seen/")).text.split("\n");

  describe("forwards requests unchanged", () => {
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      it(`with ${method}`, async () => {
        const headers = { Authorization: "Token t", Cookie: "a=1; b=2", "X-Own": "1", Accept: "*/*" };
        await sameRequest("/parity/echo/", () => ({ method, headers }));
      });
    }

    const bodies: Record<string, Buffer> = {
      "0 bytes": Buffer.alloc(0),
      text: Buffer.from("Malmö, 3 kg"),
      binary: randomBytes(3 * MiB),
    };
    for (const [name, body] of Object.entries(bodies)) {
      for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
        it(`with a body of ${name}, ${method}`, async () => {
          const headers = { "Content-Length": body.length, "Content-Type": "application/octet-stream" };
          const question = () => ({ method, headers, body });
          await sameRequest("/parity/echo/", question);
          assert.equal(echoOf(await through("/parity/echo/", question())).digest, sha256(body));
        });
      }
    }

    for (const [way, entrance, path] of [
      ["through the web", origin, "/api/parity/echo/"],
      ["on the API's own host", apiOrigin, "/parity/echo/"],
    ] as const) {
      it(`with a body without a length, ${way}, by HTTP/1.1 and HTTP/2`, async () => {
        const pieces = [Buffer.from("one "), randomBytes(MiB)];
        const digest = sha256(Buffer.concat(pieces));
        for (const method of ["POST", "PATCH"]) {
          const chunked = await ask(entrance, path, { method, body: Readable.from(pieces) });
          assert.equal(echoOf(chunked).digest, digest, `${method} by HTTP/1.1`);
          const upload = JSON.parse(await uploadByHttp2(entrance, path, method, pieces)) as Echo;
          assert.equal(upload.digest, digest, `${method} by HTTP/2`);
        }
      });
    }

    for (const target of [
      "/parity/echo",
      "/parity/echo/",
      "/parity/echo/a%2Fb/",
      "/parity/echo/what%3F/",
      "/parity/echo/Malm%C3%B6/",
      "/parity/echo/100%25/",
      "/parity/echo/%F0%9F%98%80/%20/",
      "/parity/echo/*",
      "/parity/echo/a:b@c;d=e,f!g$h&i'(j)+/",
      "/parity/echo/?q=a%20b&q=a+b&debug&empty=&&x=%3F&next=/api/x?y=1",
      "/parity/echo/?q=%ff&r=%zz",
      "/parity/echo/?_rsc=1&nxtPpath=x&__nextLocale=de",
    ]) {
      it(`with the target ${target}`, () => sameRequest(target));
    }

    it("with headers that mean something to Next", async () => {
      const headers = { RSC: "1", "Next-Action": "x", "Next-Router-Prefetch": "1", "X-Middleware-Subrequest": "m" };
      await sameRequest("/parity/echo/", () => ({ headers }));
      await sameRequest("/parity/echo/", () => ({ method: "POST", headers, body: "x" }));
    });

    it("without hop-by-hop headers, including those that Connection names", async () => {
      const headers = {
        Connection: "X-Only-Here, X-Forwarded-Proto",
        "X-Only-Here": "1",
        "Proxy-Authorization": "Basic eDp5",
        TE: "trailers",
      };
      const web = await forwardPort(preview.namespace, "deployment/web", 3000);
      try {
        const forwarded = { "X-Forwarded-Host": host, "X-Forwarded-Proto": "https" };
        const seen = echoOf(await ask(web.origin, "/api/parity/echo/", { headers: { ...headers, ...forwarded } }));
        const names = Object.keys(seen.headers).map((name) => name.toLowerCase());
        for (const name of ["x-only-here", "proxy-authorization", "te"]) {
          assert.ok(!names.includes(name), name);
        }
        assert.equal(seen.headers["X-Forwarded-Proto"], "https");
      } finally {
        web.stop();
      }
    });
  });

  describe("forwards responses unchanged", () => {
    it("gzip when the browser asks for it", async () => {
      const question = () => ({ headers: { "Accept-Encoding": "gzip" } });
      const answer = await begin(origin, "/api/parity/gzip/", question());
      assert.equal(answer.headers["content-encoding"], "gzip");
      assert.equal(gunzipSync(await buffer(answer)).toString(), "coffee ".repeat(10_000));
      assert.equal((await sameAnswer("/parity/gzip/")).headers["content-encoding"], undefined);
    });

    it("several cookies", async () => {
      const { headers } = await sameAnswer("/parity/cookies/");
      assert.equal(headers["set-cookie"]?.length, 3);
    });

    for (const status of [301, 302, 303, 307, 308]) {
      it(`redirects, ${status}`, async () => {
        const { headers } = await sameAnswer(`/parity/redirect/?status=${status}&to=https://elsewhere.example/x%252Fy`);
        assert.equal(headers.location, "https://elsewhere.example/x%2Fy");
        assert.equal(headers["set-cookie"]?.length, 1);
      });
    }

    it("a range of a file", async () => {
      const question = () => ({ headers: { Range: "bytes=1000-70000" } });
      const answer = await sameAnswer("/parity/file/?size=100000", question);
      assert.equal(answer.status, 206);
      assert.equal(answer.headers["content-range"], "bytes 1000-70000/100000");
      assert.equal(answer.digest, sha256(content(1000, 70001)));
    });

    it("a file's length in response to HEAD", async () => {
      const { headers, length } = await sameAnswer("/parity/file/?size=12345", () => ({ method: "HEAD" }));
      assert.deepEqual([headers["content-length"], length], ["12345", 0]);
    });

    it("Django's errors", async () => {
      assert.equal((await sameAnswer("/parity/nothing/")).status, 404);
      assert.equal((await sameAnswer("/parity/refuse/", () => ({ method: "POST", body: "x" }))).status, 413);
    });
  });

  describe("lets Django build its own URLs", () => {
    it("with /api under /api", async () => {
      const { absolute, url } = echoOf(await through("/parity/echo/?x=1"));
      assert.equal(absolute, `${origin}/`);
      assert.equal(url, `${origin}/api/parity/echo/?x=1`);
      assert.equal((await through("/orders")).headers.location, "/api/orders/");
    });

    it("without it on the callback route", async () => {
      const seen = echoOf(await ask(origin, "/auth/callback/parity/echo/?code=a%2Fb"));
      assert.equal(seen.url, `${origin}/auth/callback/parity/echo/?code=a%2Fb`);
      assert.equal(seen.headers["X-Forwarded-Prefix"], undefined);
    });

    it("in the pages of a list", async () => {
      const { next } = JSON.parse((await through("/orders/")).text) as { next: string | null };
      assert.ok(next?.startsWith(`${origin}/api/orders/?`), String(next));
    });
  });

  it("trusts no header from outside for host, scheme, address or prefix", async () => {
    const honest = echoOf(await through("/parity/echo/"));
    const headers = {
      Forwarded: "for=192.0.2.66;host=evil.example;proto=http",
      "X-Forwarded-For": "192.0.2.66",
      "X-Forwarded-Host": "evil.example",
      "X-Forwarded-Port": "66",
      "X-Forwarded-Prefix": "/evil.example",
      "X-Forwarded-Proto": "http",
      "X-Forwarded-Protocol": "ssl-evil.example",
      "X-Forwarded-Scheme": "evil.example",
      "X-Forwarded-Server": "evil.example",
      "X-Forwarded-Ssl": "evil.example",
      "X-Real-Ip": "192.0.2.66",
      X_Forwarded_Host: "evil.example",
      X_Forwarded_Prefix: "/api",
    };
    const seen = echoOf(await through("/parity/echo/", { headers }));
    assert.deepEqual(seen, honest);
    // Behind the ingress nothing else adds them, so the ingress's own count.
    assert.equal(seen.headers["X-Forwarded-Host"], `${host}:${new URL(origin).port}`);
  });

  it("keeps every spelling of a path inside its prefix", async () => {
    const evil = [
      "/api/..%2foutside/",
      "/api/%2e%2e/outside/",
      "/api/.%2E/outside/",
      "/api/x/..%2F..%2Foutside/",
      "/api/%252e%252e%252foutside/",
      "/api//outside/",
      "/api/%2foutside/",
      "/api/x/..\\outside/",
      "/api/..%5coutside/",
      "/api/%255coutside/",
      "/api/../outside/",
      "/api/./outside/",
      "//api/outside/",
      "/%61pi/../outside/",
      "/auth/callback/../../callback-outside/",
      "/auth/callback/..%2f..%2fcallback-outside/",
      "/auth/callback/%2e%2e/callback-outside/",
      "/auth/callback//callback-outside/",
      "/auth/callback/..%5ccallback-outside/",
      "/_next/../api/..%2foutside/",
    ];
    const web = await forwardPort(preview.namespace, "deployment/web", 3000);
    try {
      for (const entrance of [origin, web.origin]) {
        for (const target of evil) {
          const { status } = await ask(entrance, target, { headers: { Host: `${host}:${new URL(origin).port}` } });
          const refused = status === 400 || status === 404;
          // Normalized and routed accordingly: by Traefik, or by Next.js for what isn't the proxy's.
          const tidied = status === 301 || status === 307 || status === 308;
          assert.ok(refused || tidied, `${entrance}${target}: ${status}`);
        }
      }
    } finally {
      web.stop();
    }
    const arrived = (await seen()).filter((target) => target.includes("outside"));
    // What was inside after normalization.
    const inside = ["/outside/", "/auth/callback/callback-outside/"];
    assert.deepEqual(
      arrived.filter((target) => !inside.includes(target)),
      [],
    );
  });

  it("answers a path that isn't UTF-8 as Django does", async () => {
    for (const path of ["/parity/echo/%ff", "/%ff", "/%zz/"]) {
      const [proxied, direct] = await both(path);
      assert.equal(proxied.status, direct.status, path);
      assert.notEqual(proxied.status, 500);
    }
  });

  it("streams 50 MB up and down in less than 20 MB of memory", async () => {
    const body = randomBytes(50 * MiB);
    const upload = (data: Buffer) =>
      through("/parity/echo/", { method: "POST", headers: { "Content-Length": data.length }, body: data });
    // Once unmeasured, since code is loaded on first use.
    await upload(body.subarray(0, MiB));
    await through(`/parity/file/?size=${MiB}`);
    const { now: before } = await memoryOfWeb(preview.namespace);
    await forgetPeak(preview.namespace);

    assert.equal(echoOf(await upload(body)).digest, sha256(body));
    const { peak: afterUpload } = await memoryOfWeb(preview.namespace);
    const down = await through(`/parity/file/?size=${50 * MiB}`);
    assert.equal(down.digest, sha256(content(0, 50 * MiB)));
    const { peak } = await memoryOfWeb(preview.namespace);

    assert.ok(peak - before < 20, `${before.toFixed()} MiB before, ${afterUpload.toFixed()} then ${peak.toFixed()}`);
  });

  describe("with event streams", () => {
    it("delivers each event as it is sent", async () => {
      const answer = await begin(origin, "/api/parity/events/?name=order");
      assert.equal(answer.headers["content-type"], "text/event-stream");
      let text = "";
      answer.on("data", (piece: Buffer) => (text += piece.toString()));
      // The second event is sent only after the first has arrived.
      await eventually(() => Promise.resolve(assert.match(text, /data: first/)));
      assert.doesNotMatch(text, /second/);
      await release("order");
      await once(answer, "end");
      assert.match(text, /data: second/);
    });

    it("still answers with all threads but one streaming, and frees them when clients leave", async () => {
      const viewers = await Promise.all(
        Array.from({ length: 47 }, () => begin(origin, "/api/parity/events/?name=never")),
      );
      try {
        await Promise.all(viewers.map((viewer) => once(viewer, "data")));
        assert.equal(await active(), 47);
        assert.equal((await through("/parity/json/")).status, 200);
      } finally {
        for (const viewer of viewers) {
          viewer.destroy();
        }
      }
      await nobodyWorks();
    });
  });

  describe("when something breaks", () => {
    it("returns Django's refusal of an upload every time", async () => {
      assert.deepEqual(await refusedUploads(preview.namespace, "/api/parity/echo/", 100), { 413: 100 });
    });

    for (const [way, entrance, path] of [
      ["through the web", origin, "/api/parity/echo/"],
      ["on the API's own host", apiOrigin, "/parity/echo/"],
    ] as const) {
      it(`still serves others during 50 slow uploads, ${way}, and leaves nothing of aborted ones`, async () => {
        const place = () => ask(entrance, path, { method: "POST", headers: { "Content-Length": 1 }, body: "x" });
        const slow = Array.from({ length: 50 }, () => new Readable({ read: () => undefined }));
        const asking = slow.map((body) => {
          body.push("x");
          return begin(entrance, path, { method: "POST", headers: { "Content-Length": MiB }, body });
        });
        const over = Promise.allSettled(asking);
        try {
          await eventually(async () => {
            const { status, headers } = await place();
            assert.deepEqual([status, headers["retry-after"]], [503, "2"]);
          });
          for (const check of ["/healthz", "/readyz"]) {
            assert.equal((await directly(check)).status, 200, check);
          }
          assert.equal((await through("/parity/json/")).status, 200);
        } finally {
          for (const body of slow) {
            body.destroy(new Error("the visitor left"));
          }
        }
        await over;
        await eventually(async () => assert.equal((await place()).status, 200));
      });
    }

    if (isWhole) {
      // After half a minute; the proxy's own tests use a shorter timeout.
      it("answers 504 with a short text when Django is silent, and leaves no request running there", async () => {
        const answer = await through("/parity/silent/?name=silence");
        assert.equal(answer.status, 504);
        assert.equal(answer.text, JSON.stringify({ detail: "The API did not answer in time." }));
        await release("silence");
        await nobodyWorks();
      });
    }

    it("answers 502 with a short text when Django is down", async () => {
      const scale = (replicas: number) =>
        kubectl("scale", "-n", preview.namespace, "deployment/api", `--replicas=${replicas}`);
      await scale(0);
      try {
        await kubectl("wait", "-n", preview.namespace, "--for=delete", "pod", "-l", "app.kubernetes.io/name=api");
        const answer = await through("/parity/json/");
        assert.equal(answer.status, 502);
        assert.equal(answer.text, JSON.stringify({ detail: "The API can’t be reached." }));
        assert.equal(answer.headers["cache-control"], "no-store");
      } finally {
        await scale(1);
      }
      await serving();
    });
  });

  describe("with API_PREFIX=keep", () => {
    const setVariable = async (variable: string) => {
      await kubectl("set", "env", "-n", preview.namespace, "deployment/web", variable);
      await preview.rolledOut();
    };

    before(async () => {
      await setVariable("API_PREFIX=keep");
      await eventually(async () => {
        assert.match(echoOf(await through("/parity/echo/")).target, /^\/api\//);
      });
    });
    after(() => setVariable("API_PREFIX-"));

    it("leaves the target unchanged", async () => {
      await sameRequest("/parity/echo/a%2Fb/?q=a%20b", undefined, "keep");
      await sameRequest(
        "/parity/echo/",
        () => ({ method: "POST", body: "x", headers: { "Content-Length": 1 } }),
        "keep",
      );
    });

    it("lets Django build its own URLs, under /api and on the callback route", async () => {
      assert.equal(echoOf(await through("/parity/echo/")).url, `${origin}/api/parity/echo/`);
      assert.equal((await through("/orders")).headers.location, "/api/orders/");
      const { next } = JSON.parse((await through("/orders/")).text) as { next: string | null };
      assert.ok(next?.startsWith(`${origin}/api/orders/?`), String(next));
      const callback = echoOf(await ask(origin, "/auth/callback/parity/echo/"));
      assert.equal(callback.url, `${origin}/auth/callback/parity/echo/`);
    });
  });
});
