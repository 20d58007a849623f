import assert from "node:assert/strict";
import type { Login } from "../../verify/demo-login";
import { ask } from "./http";
import { kubectl } from "./kubectl";
import { placeOrder } from "./orders";
import { DjangoSession } from "./session";
import { dashboard, desk as preview } from "../shared-previews";
import { Visitor } from "./visitor";

const json = { "content-type": "application/json" };

describe("direct access to the API, with a plain client", () => {
  const { origin, apiOrigin, apiHost } = preview.names;
  let login: Login;

  before(async () => {
    await preview.open();
    login = await preview.login();
    // More than one page.
    for (let order = 0; order <= 20; order++) {
      await placeOrder(origin, "One of many");
    }
  });

  // The public host's /api goes through Next.js, the API's own host doesn't.
  for (const [host, api] of [
    ["the public host", `${origin}/api`],
    ["the API's own host", apiOrigin],
  ] as const) {
    describe(`on ${host}`, () => {
      it("accepts a token from a client that isn't a browser", async () => {
        const issued = await ask(`${api}/auth/token/`, { method: "POST", headers: json, body: JSON.stringify(login) });
        assert.equal(issued.status, 200, issued.body);
        const { token } = JSON.parse(issued.body) as { token: string };
        const authorization = `Token ${token}`;
        const order = JSON.stringify({ customer: 1, item: "By a program", quantity: 1 });
        const answer = await ask(`${api}/orders/`, {
          method: "POST",
          headers: { ...json, authorization },
          body: order,
        });
        assert.equal(answer.status, 201, answer.body);
      });

      it("makes links to itself", async () => {
        const { next } = JSON.parse((await ask(`${api}/orders/`)).body) as { next: string };
        assert.ok(next.startsWith(`${api}/orders/?page=`), next);
        const completed = await ask(`${api}/orders`);
        assert.equal(completed.status, 301);
        assert.equal(new URL(String(completed.headers.location), api).href, `${api}/orders/`);
      });

      for (const [page, path] of [
        ["admin", "/admin/login/"],
        ["browsable API", "/orders/"],
      ] as const) {
        it(`shows the ${page} with its static files`, async () => {
          const { status, body } = await ask(`${api}${path}`, { headers: { accept: "text/html" } });
          assert.equal(status, 200, body);
          const files = [...body.matchAll(/(?:href|src)="([^"]+\.(?:css|js))"/g)].map((match) => match[1] ?? "");
          assert.ok(files.length > 1, body);
          for (const file of files) {
            const answer = await ask(new URL(file, api).href);
            assert.equal(answer.status, 200, file);
            assert.match(String(answer.headers["content-type"]), /^text\/(css|javascript)/, file);
          }
        });
      }

      it("logs in to the admin with Django's session", async () => {
        const visitor = new Visitor();
        const form = `${api}/admin/login/?next=${new URL(`${api}/admin/`).pathname}`;
        const token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec((await visitor.ask(form)).body)?.[1] ?? "";
        const fields = { ...login, csrfmiddlewaretoken: token };
        const { answer, addresses } = await visitor.follow(form, await visitor.submit(form, fields));
        assert.equal(addresses.at(-1)?.href, `${api}/admin/`);
        assert.equal(answer.status, 200, answer.body);
        assert.equal((await visitor.cookie(api, "__Host-sessionid"))?.hostOnly, true);
        const other = api === apiOrigin ? origin : apiOrigin;
        assert.equal(await visitor.cookie(other, "__Host-sessionid"), undefined);
      });

      it("accepts no form from the other host", async () => {
        const visitor = new Visitor();
        const session = new DjangoSession(visitor, api);
        await session.logIn(login);
        const other = api === apiOrigin ? "https://elsewhere.example" : apiOrigin;
        const answer = await session.send("POST", "/orders/1/ship/", {}, { origin: other });
        assert.equal(answer.status, 403, answer.body);
      });

      for (const [whose, allowed] of [
        ["the preview's own", origin],
        ["a listed", dashboard],
      ] as const) {
        it(`lets a page of ${whose} origin read, with credentials`, async () => {
          const answer = await ask(`${api}/orders/`, { headers: { origin: allowed } });
          assert.equal(answer.headers["access-control-allow-origin"], allowed);
          assert.equal(answer.headers["access-control-allow-credentials"], "true");
          assert.match(String(answer.headers.vary), /origin/i);
          const preflight = await ask(`${api}/orders/`, { method: "OPTIONS", headers: asPreflight(allowed) });
          assert.equal(preflight.status, 200);
          assert.equal(preflight.headers["access-control-allow-origin"], allowed);
          assert.match(String(preflight.headers["access-control-allow-headers"]), /authorization/);
          assert.match(String(preflight.headers["access-control-allow-headers"]), /x-csrftoken/);
          assert.match(String(preflight.headers["access-control-allow-methods"]), /POST/);
        });
      }

      for (const [whose, foreign] of [
        ["a sibling preview", origin.replace("pr-90401", "pr-90402")],
        ["a subdomain of a listed one", "https://evil.dashboard.example.com"],
        ["a domain that begins like a listed one", `${dashboard}.evil.example`],
        ["a domain that begins like the preview's", `${origin.replace(/:\d+$/, "")}.evil.example`],
        ["a listed one without TLS", "http://dashboard.example.com"],
        ["nowhere", "null"],
      ] as const) {
        it(`lets no page from ${whose} read`, async () => {
          for (const answer of [
            await ask(`${api}/orders/`, { headers: { origin: foreign } }),
            await ask(`${api}/orders/`, { method: "OPTIONS", headers: asPreflight(foreign) }),
          ]) {
            assert.equal(answer.headers["access-control-allow-origin"], undefined);
            assert.equal(answer.headers["access-control-allow-credentials"], undefined);
          }
        });
      }
    });
  }

  describe("on the API's own host alone", () => {
    it("reaches Django directly, without Next.js", async () => {
      assert.equal((await ask(`${apiOrigin}/version/`)).status, 200);
      const page = await ask(`${apiOrigin}/login`);
      assert.equal(page.status, 404, "the web's pages are not here");
      await kubectl("scale", "deployment/web", "--replicas=0", "--namespace", preview.namespace);
      try {
        await kubectl("wait", "--for=delete", "pod", "--selector=app.kubernetes.io/name=web", "-n", preview.namespace);
        assert.equal((await ask(`${apiOrigin}/orders/`)).status, 200);
        assert.equal((await ask(`${origin}/api/orders/`)).status, 503);
      } finally {
        await kubectl("scale", "deployment/web", "--replicas=1", "--namespace", preview.namespace);
        await preview.settled();
      }
    });

    it("trusts only the ingress for host, scheme and prefix", async () => {
      const headers = {
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "http",
        "x-forwarded-prefix": "/evil",
      };
      const { body } = await ask(`${apiOrigin}/orders/`, { headers });
      assert.ok((JSON.parse(body) as { next: string }).next.startsWith(`${apiOrigin}/orders/?page=`), body);
    });

    it("is among the stack's outputs", async () => {
      assert.equal((await preview.pulumi("stack", "output", "apiUrl", "--stack", preview.stack)).trim(), apiOrigin);
      assert.match(apiHost, /^test-pr-90401-api\./);
    });
  });
});

const asPreflight = (origin: string) => ({
  origin,
  "access-control-request-method": "POST",
  "access-control-request-headers": "authorization,content-type,x-csrftoken",
});
