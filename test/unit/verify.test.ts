import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { execa } from "execa";
import { Agent, Headers } from "undici";
import { httpClient, longestBody } from "../../clients/http/client";
import type { Pod } from "../../clients/kubernetes/types";
import { standardParts } from "../../contract";
import { type Check, failed, passed } from "../../verify/check";
import { NotChecked, TooLong } from "../../verify/not-checked";
import { breaking, isHostOnly, isPrefixed, isSameSite, isSecure, isUnreadable } from "../../verify/checks/cookies";
import { sharesWith } from "../../verify/checks/cors";
import { foreignHosts, isHidden, isShared, scriptsOf } from "../../verify/checks/pages";
import { isDjangos, nextOf, readable } from "../../verify/checks/proxy";
import { wrongImages } from "../../verify/checks/revision";
import { isCertificateError } from "../../verify/checks/tls";
import { Cluster } from "../../verify/cluster";
import { tagsOf } from "../../verify/html";
import { type Answer, answerOf, type Ask, askThrough, cookieHeader } from "../../verify/http";
import { parseProduct, type ProductInput } from "../../verify/product";
import { asJson, asText } from "../../cli/output/contract-report";
import { Target } from "../../verify/target";
import { verify } from "../../verify/run-checks";
import { outside } from "../../verify/view";
import { containerStatus, metadata } from "./kubernetes-objects";
import { onLoopback } from "./loopback";

const origin = "https://pr-1.previews.example.com";
const product = parseProduct({}, "defaults");

const answered = (status: number, headers: Record<string, string | string[]> = {}, text = "", path = "/") => {
  const pairs = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
  return answerOf(path, status, pairs, Buffer.from(text));
};
const withHeaders = (headers: Record<string, string>) => ({ headers: new Headers(headers) });

describe("verify: cookies", () => {
  const { cookies } = answered(200, {
    "set-cookie": [
      "__Host-sessionid=abc; Path=/; HttpOnly; Secure; SameSite=Lax; expires=Tue, 23 Nov 2027 11:24:58 GMT",
      "csrftoken=def; Domain=.previews.example.com; Path=/; SameSite=None",
    ],
  });

  it("are checked one by one", () => {
    for (const rule of [isSecure, isHostOnly, isSameSite, isUnreadable, isPrefixed]) {
      assert.deepEqual(breaking(cookies, rule), ["csrftoken"], rule.name);
    }
  });

  it("are sent back as by a browser: the last one of each name", () => {
    const again = answered(200, { "set-cookie": "csrftoken=%22x%3D1; Path=/" }).cookies;
    assert.equal(cookieHeader([...cookies, ...again]), "__Host-sessionid=abc; csrftoken=%22x%3D1");
  });
});

describe("verify: hosts in JavaScript", () => {
  const host = "pr-1.previews.example.com";
  const found = (text: string, of = host) => foreignHosts(text, of);

  for (const [text, hosts] of [
    [`fetch("https://pr-2.previews.example.com/api")`, ["pr-2.previews.example.com"]],
    [`"https:\\/\\/shop-pr-7.previews.example.com"`, ["shop-pr-7.previews.example.com"]],
    [`new WebSocket("wss://pr-2-api.previews.example.com/ws/")`, ["pr-2-api.previews.example.com"]],
    [`"http://api:8000/users/"`, ["api:8000"]],
    [`"http://api.pr-1.svc.cluster.local/"`, ["api.pr-1.svc.cluster.local"]],
    [`"http://localhost:8000"; "http://127.0.0.1:3000/"`, ["localhost:8000", "127.0.0.1:3000"]],
    [`"https://pr-1.previews.example.com/api"; "https://pr-1-api.previews.example.com"`, []],
    [`"https://nextjs.org/docs"; "http://www.w3.org/2000/svg"; "http://n"; "https://a/c%20d"; "https://x"`, []],
    [`"https://cdn.example.com/pr-5.js"; "https://status.previews.example.com"`, []],
    [`"http://localhost"`, []],
  ] as const) {
    it(`${text} names ${hosts.join(", ") || "nothing foreign"}`, () => {
      assert.deepEqual(found(text), hosts);
    });
  }

  it("treats the port as part of the host", () => {
    const local = "pr-1.previews.localhost:8443";
    assert.deepEqual(found(`"https://pr-1.previews.localhost:8443/api"`, local), []);
    assert.deepEqual(found(`"https://pr-2.previews.localhost:8443/api"`, local), ["pr-2.previews.localhost:8443"]);
    assert.deepEqual(found(`"https://pr-1.previews.localhost/api"`, local), ["pr-1.previews.localhost"]);
  });

  it("finds a page's scripts, each once, and none from another host", () => {
    const html = `<script src="/_next/a.js?dpl=1&amp;x=2"></script><link rel="preload" href="/_next/b.js">
      <script src="/_next/b.js"></script><script src="https://cdn.example.org/c.js"></script><link href="/d.css">`;
    assert.deepEqual(scriptsOf(html, origin), ["/_next/a.js?dpl=1&x=2", "/_next/b.js"]);
  });
});

describe("verify: a page", () => {
  it("has the tags and attributes that a browser sees", () => {
    const html = `<!doctype html><!-- <meta name="robots"> --><TITLE><link></TITLE><script>"<link>"</script>
      <Link REL=stylesheet href='/a.css?x=1&amp;y=2' href="/b.css"><img/alt="a > b"/></p>`;
    assert.deepEqual(
      tagsOf(html).map(({ name, attributes }) => [name, Object.fromEntries(attributes)]),
      [
        ["link", { rel: "stylesheet", href: "/a.css?x=1&y=2" }],
        ["img", { alt: "a > b" }],
      ],
    );
  });

  it("made of nothing but tags doesn't fill the memory", () => {
    assert.deepEqual(tagsOf("<a>".repeat(2 ** 20)), []);
    assert.throws(() => tagsOf("<a b>".repeat(2 ** 17)), /more than 50000 tags/);
  });

  // Each takes minutes if the time is quadratic in the length.
  const size = 2 ** 20;
  const hostile: Readonly<Record<string, string>> = {
    "of metas without an end": "<meta ".repeat(size / 6),
    "of links without an end": "<link ".repeat(size / 6),
    "of one address with many ends": `<a href="${".js?".repeat(size / 4)}`,
    "that opens and opens, and closes something else": "<i>".repeat(size / 6) + "</b>".repeat(size / 8),
    "of one tag with many attributes": `<meta ${Array.from({ length: size / 8 }, (_, index) => `a${index}`).join(" ")}>`,
  };
  for (const [name, html] of Object.entries(hostile)) {
    it(`${name} is read in linear time`, async () => {
      const ask: Ask = ({ path }) =>
        Promise.resolve(answered(200, { "content-type": "text/html" }, `${html}csrfmiddlewaretoken`, path));
      const { findings } = await verify(new Target({ origin, ask, product }));
      const outcome = (wanted: string) => findings.find(({ id }) => id === wanted)?.outcome;
      assert.equal(outcome("noindex"), "failed");
      assert.equal(outcome("static-files"), "not checked");
      assert.equal(outcome("javascript-hosts"), "passed");
    });
  }
});

describe("verify: answers", () => {
  it("are recognised as Django's by their marks", () => {
    const django = withHeaders({ "x-frame-options": "DENY", "referrer-policy": "same-origin" });
    assert.equal(isDjangos(withHeaders({ "x-frame-options": "DENY", "referrer-policy": "same-origin" }), django), true);
    assert.equal(isDjangos(withHeaders({ allow: "GET", "x-frame-options": "DENY" }), django), false);
    assert.throws(() => isDjangos(django, withHeaders({})), NotChecked);
  });

  it("redirect to a path on the host, or elsewhere", () => {
    const next = (location: string, path = "/api/admin") => nextOf(answered(302, { location }, "", path), origin);
    assert.equal(next("/api/admin/?x=1"), "/api/admin/?x=1");
    assert.equal(next(`${origin}/api/admin/`), "/api/admin/");
    assert.equal(next("login/", "/api/admin/"), "/api/admin/login/");
    assert.equal(next("https://sso.example.org/"), undefined);
    assert.equal(nextOf(answered(200, { location: "/x" }), origin), undefined);
  });

  it("are readable if the body matches its headers", () => {
    const body = (encoding: string | undefined, content: Buffer) =>
      readable({ ...withHeaders(encoding ? { "content-encoding": encoding } : {}), body: content }, [
        "identity",
        "gzip",
      ]);
    assert.equal(body(undefined, Buffer.from("text")), undefined);
    assert.equal(body("gzip", gzipSync("text")), undefined);
    assert.equal(body("gzip", Buffer.from("text"))?.outcome, "failed");
    assert.equal(body("br", Buffer.from("text"))?.outcome, "failed");
  });

  it("aren't readable if a few bytes decompress to more than fits in memory", () => {
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
    for (const [encoding, squeeze] of [
      ["br", (content: Buffer) => brotliCompressSync(content, quality)],
      ["gzip", gzipSync],
    ] as const) {
      const decoding = (length: number) =>
        readable({ ...withHeaders({ "content-encoding": encoding }), body: squeeze(Buffer.alloc(length)) }, [encoding]);
      assert.equal(decoding(longestBody), undefined);
      assert.match(decoding(longestBody + 1)?.seen ?? "", /of more than 8 MiB/);
    }
  });

  it("are hidden from search engines by a header or by the page", () => {
    const hidden = (headers: Record<string, string>, text = "") => isHidden({ ...withHeaders(headers), text });
    assert.equal(hidden({ "x-robots-tag": "noindex, nofollow" }), true);
    assert.equal(hidden({}, '<meta name="robots" content="noindex"/>'), true);
    assert.equal(hidden({ "x-robots-tag": "nofollow" }), false);
    assert.equal(hidden({}, "noindex"), false);
  });

  it("may be stored by a shared cache unless they say otherwise", () => {
    const shared = (value?: string) => isShared(withHeaders(value ? { "cache-control": value } : {}));
    for (const value of ["private", "max-age=0, no-store", "no-cache", "Private, max-age=60"]) {
      assert.equal(shared(value), false, value);
    }
    for (const value of [undefined, "public, max-age=600", "max-age=60", "s-maxage=60"]) {
      assert.equal(shared(value), true, value);
    }
  });

  it("are readable for another origin only if it is named and credentials are allowed", () => {
    const other = "https://pr-2.previews.example.com";
    const shared = (allowed: string, credentials: string) =>
      sharesWith(
        withHeaders({ "access-control-allow-origin": allowed, "access-control-allow-credentials": credentials }),
        other,
      );
    assert.equal(shared(other, "true"), true);
    assert.equal(shared(other, "false"), false);
    assert.equal(shared("*", "true"), false);
    assert.equal(shared(origin, "true"), false);
  });

  it("tell an untrusted certificate from an unreachable host", () => {
    for (const code of ["DEPTH_ZERO_SELF_SIGNED_CERT", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID"]) {
      assert.equal(isCertificateError(code), true, code);
    }
    for (const code of ["ECONNREFUSED", "ENOTFOUND", "ECONNRESET", undefined]) {
      assert.equal(isCertificateError(code), false, code);
    }
  });
});

describe("verify: images", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const pod = (image: string, imageID = ""): Pod => ({
    kind: "Pod",
    metadata: metadata({ name: "api-1" }),
    spec: { containers: [{ name: "api", image }] },
    status: { containerStatuses: [containerStatus({ name: "api", imageID })] },
  });

  it("are compared by reference, and by digest when one was requested", () => {
    const byDigest = `ghcr.io/org/api@${digest}`;
    assert.deepEqual(wrongImages([pod("ghcr.io/org/api:1234567")], "ghcr.io/org/api:1234567", "api"), []);
    assert.deepEqual(wrongImages([pod(byDigest, `ghcr.io/org/api@${digest}`)], byDigest, "api"), []);
    assert.equal(wrongImages([pod(byDigest, `ghcr.io/org/api@sha256:${"b".repeat(64)}`)], byDigest, "api").length, 1);
    assert.equal(wrongImages([pod("ghcr.io/org/api:7654321")], "ghcr.io/org/api:1234567", "api").length, 1);
    assert.deepEqual(wrongImages([], byDigest, "api"), ["api has no pod"]);
  });
});

describe("verify: the product file", () => {
  it("names every invalid key", () => {
    assert.throws(
      () => parseProduct({ admin: "api/admin", seed: { path: "/x" }, colour: "red" }, "verify.yaml"),
      /verify\.yaml: admin: must be a path[\s\S]*verify\.yaml: seed\.text[\s\S]*colour/,
    );
  });

  it("accepts no path to another host", () => {
    for (const api of ["https://evil.example/", "//evil.example/", "/api/ x"]) {
      assert.throws(() => parseProduct({ api }, "file"), /api: must be a path/, api);
    }
  });
});

describe("verify: a request", () => {
  it("is aborted when its answer takes too long, even if it never pauses", async () => {
    const dripping: RequestListener = (_, response) => {
      const drip = setInterval(() => response.write("."), 10);
      const end = setTimeout(() => response.end(), 2_000);
      response.on("close", () => [drip, end].forEach(clearTimeout));
    };
    const dispatcher = new Agent();
    await onLoopback(dripping, (at) =>
      assert.rejects(askThrough(dispatcher, at, 200)({ path: "/" }), /timeout/).finally(() => dispatcher.destroy()),
    );
  });

  for (const [name, headers] of [
    ["whose length nobody says", {}],
    ["of the length that it says", { "content-length": 1.5 * 2 ** 30 }],
  ] as const) {
    it(`is aborted when its answer exceeds the limit, ${name}`, async () => {
      const endless: RequestListener = (_, response) => {
        const more = () => {
          while (response.write(Buffer.alloc(2 ** 16))) {
            // Until the client has enough.
          }
        };
        response.writeHead(200, headers).on("drain", more);
        more();
      };
      const client = httpClient();
      await onLoopback(endless, (at) =>
        assert
          .rejects(askThrough(client, at)({ path: "/all" }), (error: Error) => {
            assert.ok(error instanceof TooLong);
            assert.equal(error.message, "/all answers with more than 8 MiB, which is not read");
            return true;
          })
          .finally(() => client.destroy()),
      );
    });
  }
});

describe("verify: a container", () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-stack-"));
  const { PATH } = process.env;
  const cluster = new Cluster({ kubeContext: "preview", namespace: "pr-1" });

  /** A fake `kubectl`, as a shell script. */
  const kubectl = (script: string) => writeFileSync(join(folder, "kubectl"), `#!/bin/sh\n${script}\n`, { mode: 0o700 });

  before(() => {
    process.env.PATH = `${folder}:${PATH}`;
  });
  after(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true });
  });

  it("is stopped when it prints without end", async () => {
    kubectl("exec yes");
    const message = "kubectl exec prints more than 16 Mi characters";
    await assert.rejects(
      cluster.exec(standardParts.api, ["python"]),
      (error) => error instanceof NotChecked && error.message === message,
    );
  });

  it("requests no longer body from the API than it reads", async () => {
    kubectl('echo "command terminated with exit code 3" >&2; exit 3');
    await assert.rejects(
      cluster.askApi({ path: "/all" }),
      /^Error: http:\/\/api:8000\/all answers with more than 8 MiB/,
    );
  });

  it("that can't reach the API says why, and fails the API's health check", async () => {
    kubectl(
      `case "$*" in
        *exec*) echo ECONNREFUSED; echo "command terminated with exit code 4" >&2; exit 4 ;;
        *) echo '{"spec":{"template":{"spec":{"containers":[{"readinessProbe":{"httpGet":{"path":"/readyz"}}}]}}}}' ;;
      esac`,
    );
    const seen = "http://api:8000 does not answer the web's container: ECONNREFUSED";
    await assert.rejects(
      cluster.askApi({ path: "/" }),
      (error) => error instanceof NotChecked && error.message === seen,
    );
    const ask: Ask = ({ path }) => Promise.resolve(answered(404, {}, "", path));
    const { findings } = await verify(new Target({ origin, ask, product, cluster }));
    const health = findings.find(({ id }) => id === "api-health");
    assert.deepEqual([health?.outcome, health?.seen], ["failed", seen]);
  });

  it("is left as soon as the signal aborts", async () => {
    kubectl("exec sleep 60");
    const stop = new AbortController();
    const asked = cluster.until(stop.signal).exec(standardParts.api, ["python"]);
    stop.abort();
    await assert.rejects(asked, NotChecked);
  });
});

describe("verify: the end", () => {
  const targetAt = (at: string, signal?: AbortSignal) => new Target({ ...outside(at), product, signal });

  for (const [what, timeoutMs, reason] of [
    ["one check", { check: 300, all: 60_000 }, "no answer: for 0.3 s"],
    ["all checks", { check: 60_000, all: 300 }, "no answer: the time limit was reached"],
  ] as const) {
    it(`comes to ${what} when its time is up`, async () => {
      const health: RequestListener = ({ url }, response) => void (url === "/healthz" && response.end());
      const report = await onLoopback(health, (at) => verify(targetAt(at), { timeoutMs }));
      assert.equal(report.ok, false);
      const failures = report.findings.filter(({ outcome }) => outcome === "failed");
      assert.deepEqual([...new Set(failures.map(({ seen }) => seen))], [reason]);
    });
  }

  it("comes at once when the caller aborts", async () => {
    const stop = new AbortController();
    await onLoopback(
      () => stop.abort(new Error("enough")),
      (at) => assert.rejects(verify(targetAt(at, stop.signal)), /enough/),
    );
  });

  it("comes at once on Ctrl-C", async () => {
    const asked = Promise.withResolvers<void>();
    const { exitCode, stderr } = await onLoopback(
      () => asked.resolve(),
      async (at) => {
        const child = execa(process.execPath, [join(__dirname, "../../bin/preview.mjs"), "verify", at], {
          reject: false,
        });
        await asked.promise;
        child.kill("SIGINT");
        return child;
      },
    );
    assert.match(stderr, /stopped by Ctrl-C/);
    assert.equal(exitCode, 130);
  });
});

describe("verify: a run", () => {
  const targetOf = (ask: Ask) => new Target({ origin, ask, product });

  it("counts a missing answer as a failure, and what can't be seen as not checked", async () => {
    const report = await verify(
      targetOf(({ path }) =>
        path === "/healthz" ? Promise.resolve(answered(200)) : Promise.reject(new Error("gone")),
      ),
    );
    const outcome = (wanted: string) => report.findings.find(({ id }) => id === wanted)?.outcome;
    assert.equal(outcome("tls-certificate"), "passed");
    assert.equal(outcome("browser-to-api"), "failed");
    assert.equal(outcome("migrations"), "not checked");
    assert.equal(report.ok, false);
  });

  describe("of a broken product", () => {
    const form = "<form><input name=csrfmiddlewaretoken></form>";
    const html = { "content-type": "text/html", "set-cookie": "csrftoken=abc; Path=/" };
    const redirect = (location: string) => answered(308, { location });
    type Answers = (path: string, method: string) => Answer;

    const cases: {
      readonly title: string;
      readonly answers: Answers;
      readonly told?: ProductInput;
      readonly fails: Readonly<Record<string, RegExp>>;
      readonly cause?: string;
    }[] = [
      {
        title: "reports first that Django doesn't answer",
        answers: () => answered(502),
        fails: {
          "browser-to-api": /\/api\/admin\/login\/ answers 502/,
          login: /answers 502/,
          "server-to-api": /^\/ answers 502/,
        },
        cause: `Django can't be reached through ${origin}: /api/admin/login/ answers 502`,
      },
      {
        title: "reports first that the admin is a 500, and fails the login",
        answers: (path) =>
          path.startsWith("/api/admin") ? answered(500) : answered(200, { "content-type": "application/json" }, "[]"),
        told: { api: "/api/orders/" },
        fails: { login: /\/api\/admin\/login\/ answers 500/ },
        cause: "Django's login form isn't there: /api/admin/login/ answers 500",
      },
      {
        title: "fails a redirect that strips a slash, even without a loop",
        answers: (path) => (/.\/$/.test(path) ? redirect(path.replace(/\/$/, "")) : answered(404)),
        fails: { "trailing-slash": /the slash is taken away: \/api\/admin\/login\/ → \/api\/admin\/login$/ },
        cause: "Django's login form isn't there: /api/admin/login/ answers 308, to /api/admin/login",
      },
      {
        title: "fails a form that answers 500",
        answers: (_, method) => (method === "POST" ? answered(500) : answered(200, html, form)),
        fails: { "csrf-origin": /an empty login .* answers 500/ },
      },
      {
        title: "fails an address of the product file that answers 404",
        answers: (path) => (path.startsWith("/api/admin/login") ? answered(200, html, form) : answered(404)),
        told: { seed: { path: "/api/orders/", text: "Ada" } },
        fails: { seed: /\/api\/orders\/ answers 404/ },
      },
    ];
    for (const { title, answers, told = {}, fails, cause } of cases) {
      it(title, async () => {
        const ask: Ask = ({ path, method = "GET" }) => {
          const { status, headers, text } = answers(path, method);
          return Promise.resolve(answerOf(path, status, [...headers], Buffer.from(text)));
        };
        const report = await verify(new Target({ origin, ask, product: parseProduct(told, "case") }));
        for (const [id, seen] of Object.entries(fails)) {
          const finding = report.findings.find((one) => one.id === id);
          assert.equal(finding?.outcome, "failed", id);
          assert.match(finding.seen, seen);
        }
        assert.equal(report.cause, cause);
        assert.equal(report.ok, false);
        const [first] = asText(report, 120).split("\n");
        assert.equal(first === cause, cause !== undefined);
      });
    }
  });

  it("sends nothing to a host with an untrusted certificate", async () => {
    let asked = 0;
    const report = await verify(
      targetOf(() => {
        asked += 1;
        return Promise.reject(Object.assign(new Error("self-signed"), { code: "SELF_SIGNED_CERT_IN_CHAIN" }));
      }),
    );
    assert.equal(asked, 1);
    assert.deepEqual(new Set(report.findings.slice(1).map(({ outcome }) => outcome)), new Set(["not checked"]));
  });

  it("prints no terminal or pipeline commands", async () => {
    const providers = JSON.stringify({
      oidc: { signinUrl: "https://other.example\u001b]0;title\u0007\t\n::error::forged" },
    });
    const report = await verify(
      targetOf(({ path }) => Promise.resolve(answered(200, { "content-type": "application/json" }, providers, path))),
    );
    assert.match(asText(report, 120), /^ {2}seen +next-auth names https:\/\/other\.example : :error::forged$/m);
  });

  it("keeps findings short, however much there is to show", async () => {
    const providers = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [index, { signinUrl: `https://other-${index}.example` }]),
    );
    const { findings } = await verify(
      targetOf(({ path }) =>
        Promise.resolve(answered(200, { "content-type": "application/json" }, JSON.stringify(providers), path)),
      ),
    );
    assert.match(findings.find(({ id }) => id === "auth-url")?.seen ?? "", /^next-auth names https:.{100,500}…$/);
  });

  it("reads no more scripts than a page may need", async () => {
    let scripts = 0;
    const page = Array.from({ length: 5_000 }, (_, index) => `<script src="/${index}.js"></script>`).join("");
    const { findings } = await verify(
      targetOf(({ path }) => {
        scripts += path.endsWith(".js") ? 1 : 0;
        return Promise.resolve(answered(200, {}, page, path));
      }),
    );
    assert.equal(scripts, 200);
    const { outcome, seen } = findings.find(({ id }) => id === "javascript-hosts")!;
    assert.deepEqual([outcome, seen], ["not checked", "/ has 5000 scripts, and the first 200 name no other host"]);
  });

  it("requests what several checks look at only once", async () => {
    const paths: string[] = [];
    await verify(
      targetOf(({ path, method = "GET" }) => {
        paths.push(`${method} ${path}`);
        return Promise.resolve(answered(404));
      }),
    );
    assert.equal(paths.filter((path) => path === "GET /healthz").length, 1);
  });

  it("checks the redirect from HTTP when port 80 can be reached", async () => {
    const outcome = async (askInsecurely?: Ask) => {
      const ask: Ask = () => Promise.resolve(answered(404));
      const { findings } = await verify(new Target({ origin, ask, askInsecurely, product }));
      return findings.find(({ id }) => id === "http-redirect")?.outcome;
    };
    assert.equal(await outcome(() => Promise.resolve(answered(301, { location: `${origin}/` }))), "passed");
    assert.equal(await outcome(() => Promise.resolve(answered(301, { location: "https://other.example/" }))), "failed");
    assert.equal(await outcome(() => Promise.resolve(answered(200))), "failed");
    assert.equal(await outcome(() => Promise.reject(new Error("refused"))), "not checked");
    assert.equal(await outcome(), "not checked");
  });

  it("knows a sibling preview's origin", () => {
    assert.equal(targetOf(() => Promise.reject(new Error())).sibling, "https://pr-2.previews.example.com");
  });
});

describe("verify: the report", () => {
  const check = (id: string): Omit<Check, "run"> => ({
    id,
    title: `${id} holds`,
    setting: "SETTING",
    why: "it breaks",
  });
  const { setting, why, ...rest } = check("first");
  const report = {
    target: origin,
    ok: false,
    findings: [
      { ...rest, ...passed("was seen") },
      { ...check("second"), ...failed("was not seen") },
      { ...rest, id: "third", outcome: "not checked" as const, seen: "no login" },
    ],
  };

  it("tells people what to change, and what wasn't checked", () => {
    const text = asText(report, 100);
    assert.match(text, /second +│ .*failed.* +│ was not seen/);
    assert.match(text, new RegExp(`change +${setting}\n +otherwise +${why}`));
    assert.match(text, /third +│ .*not checked.* +│ no login/);
    assert.match(text, /: 1 passed, 1 failed, 1 not checked$/);
  });

  it("gives pipelines the same as JSON", () => {
    assert.deepEqual(JSON.parse(asJson(report)), {
      ...report,
      counts: { passed: 1, warning: 0, failed: 1, "not checked": 1 },
    });
  });
});
