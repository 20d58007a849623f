import assert from "node:assert/strict";
import type { OutgoingHttpHeaders, RequestListener } from "node:http";
import { answer, isServing, judged, type ServingOptions, waitUntilServing } from "../../clients/http/serving";
import { onLoopback } from "./loopback";

type Answer = number | readonly [status: number, headers: OutgoingHttpHeaders];

describe("whether a preview serves", () => {
  /** The host's answers in order; the last one repeats. */
  async function waitsFor(
    answers: Readonly<Record<string, Answer[]>>,
    options: Partial<ServingOptions> = {},
  ): Promise<string[]> {
    const asked: string[] = [];
    const listener: RequestListener = ({ url = "" }, response) => {
      const given = answers[url]!;
      const [status, headers] = [given.length > 1 ? given.shift()! : given[0]!].flat() as [
        number,
        OutgoingHttpHeaders?,
      ];
      asked.push(`${url} ${status}`);
      response.writeHead(status, headers).end();
    };
    await onLoopback(listener, (origin) => waitUntilServing(origin, { report: () => undefined, ...options }));
    return asked;
  }

  it("is decided by its page, not by an error", async () => {
    assert.deepEqual(await waitsFor({ "/": [404, 503, 200], "/api/": [200] }), [
      "/ 404",
      "/ 503",
      "/ 200",
      "/api/ 200",
    ]);
  });

  it("is decided after following its own redirects", async () => {
    const asked = await waitsFor({
      "/": [[308, { location: "/en" }]],
      "/en": [503, [307, { location: "/login?next=/" }]],
      "/login?next=/": [200],
      "/api/": [200],
    });
    assert.deepEqual(asked, ["/ 308", "/en 503", "/ 308", "/en 307", "/login?next=/ 200", "/api/ 200"]);
  });

  it("waits until the API behind it can be reached, whatever it then answers", async () => {
    assert.deepEqual(await waitsFor({ "/": [200], "/api/": [502, 503, 404] }), [
      "/ 200",
      "/api/ 502",
      "/api/ 503",
      "/api/ 404",
    ]);
  });

  for (const [name, guarded, said, hint] of [
    ["another host", [302, { location: "https://sso.example.com/login?to=1" }], "302 to https://sso.example.com", ""],
    [
      "a login by HTTP Basic",
      [401, { "www-authenticate": 'Basic realm="previews"' }],
      "401",
      "; an ingress with basic auth needs PREVIEW_BASIC_AUTH=user:password",
    ],
  ] as const) {
    it(`isn't decided by ${name}, which may be the ingress's, until the web's own pods are ready`, async () => {
      const ready = [false, true];
      const told: string[] = [];
      const asked = await waitsFor(
        { "/": [[...guarded]], "/api/": [[...guarded]] },
        { frontIsReady: () => Promise.resolve(ready.shift()!), report: (message) => told.push(message) },
      );
      assert.deepEqual(asked, [`/ ${guarded[0]}`, `/ ${guarded[0]}`, `/api/ ${guarded[0]}`]);
      assert.equal(told.length, 2);
      assert.ok(told[0]!.endsWith(` answers ${said}`));
      assert.ok(
        told[1]!.endsWith(` answers ${said}: that may be the ingress, but the pods behind it are ready${hint}`),
      );
    });
  }

  it("is reported with the last answer and the doubt when it doesn't", async () => {
    const wait = (given: Answer) => waitsFor({ "/": [given] }, { timeoutMs: 1 });
    await assert.rejects(wait(503), /does not serve after 0\.001 s; its last answer was 503$/);
    await assert.rejects(
      wait([302, { location: "https://sso.example.com/" }]),
      /last answer was 302 to https:\/\/sso\.example\.com, which may be the ingress's: no pod behind it is known to be ready$/,
    );
  });

  it("stops being checked as soon as the signal aborts, whatever the host does", async () => {
    for (const path of ["/", "/api/"]) {
      const stop = new AbortController();
      const listener: RequestListener = ({ url }, response) =>
        url === path ? stop.abort(new Error("enough")) : void response.end();
      const wait = onLoopback(listener, (origin) =>
        waitUntilServing(origin, { signal: stop.signal, report: () => undefined }),
      );
      await assert.rejects(wait, /enough/);
    }
  });
});

describe("a host's answer", () => {
  const host = new URL("https://pr-1.previews.example.com/");
  const table: [status: number, headers: OutgoingHttpHeaders, serves: "yes" | "maybe" | "no" | "next"][] = [
    [200, {}, "yes"],
    [204, {}, "yes"],
    [304, {}, "yes"],
    [302, { location: "/login" }, "next"],
    [308, { location: "https://pr-1.previews.example.com/en" }, "next"],
    [302, { location: "https://sso.example.com/" }, "maybe"],
    [302, { location: "https://pr-1.previews.example.com:8443/" }, "maybe"],
    [302, { location: "//pr-2.previews.example.com/" }, "maybe"],
    [401, {}, "yes"],
    [401, { "www-authenticate": "Bearer" }, "yes"],
    [401, { "www-authenticate": 'Basic realm="x"' }, "maybe"],
    [401, { "www-authenticate": ["Bearer", "basic"] }, "maybe"],
    [401, { "www-authenticate": "Negotiate, Basic" }, "maybe"],
    [403, {}, "no"],
    [404, {}, "no"],
    [500, {}, "no"],
    [503, {}, "no"],
  ];
  for (const [status, headers, serves] of table) {
    it(`${status} with ${JSON.stringify(headers)}: ${serves}`, () => {
      const found = judged(status, headers as Record<string, string | string[]>, host);
      assert.equal(found.next === undefined ? found.serves : "next", serves);
    });
  }

  it("counts when it is the product's, or may be and the web's pods are ready", () => {
    const counts = (serves: "yes" | "maybe" | "no", ready: boolean) => isServing({ said: "", serves }, ready);
    assert.deepEqual(
      (["yes", "maybe", "no"] as const).map((serves) => [counts(serves, false), counts(serves, true)]),
      [
        [true, true],
        [false, true],
        [false, false],
      ],
    );
  });

  it("follows five redirects at most", async () => {
    let asked = 0;
    const circle: RequestListener = (_, response) => {
      asked += 1;
      response.writeHead(302, { location: `/${asked}` }).end();
    };
    const found = await onLoopback(circle, (origin) => answer(origin));
    assert.deepEqual([found.said, found.serves, asked], ["302 after 5 redirects", "no", 6]);
  });

  it("is reported in a few words, whatever the host says", async () => {
    const long: RequestListener = ({ url }, response) =>
      void (url === "/" ? response.writeHead(302, { location: `/${"x".repeat(8000)}` }) : response).end();
    const { said } = await onLoopback(long, (origin) => answer(origin));
    assert.match(said, /^200 at \/x{79}…$/);
  });

  it("is read no further than necessary", async () => {
    const endless: RequestListener = (_, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(2 ** 16))) {
          // Until the client has enough.
        }
      };
      response.writeHead(200).on("drain", more);
      more();
    };
    assert.equal((await onLoopback(endless, (origin) => answer(origin))).said, "200");
  });
});
