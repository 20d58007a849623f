import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseImage, UserError } from "../../contract";
import { openRegistry } from "../../clients/registry";
import { fromAuths } from "../../clients/registry/login/login-for";
import { mayLeadTo, placeOf } from "../../clients/registry/place";

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const digest = `sha256:${"1".repeat(64)}`;
const tag = "4f5c2d1".padEnd(40, "0");
const ociManifest = "application/vnd.oci.image.manifest.v1+json";

/** Answers that can't be provoked from a real registry; test/engine/registry.test.ts has the others. */
describe("registry", () => {
  const servers: Server[] = [];
  let folder: string;
  let said: string[];
  let requests: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "preview-stack-docker-"));
    said = [];
    requests = [];
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await Promise.all(
      servers.splice(0).map((server) => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      }),
    );
  });

  /** A server on loopback; resolves to its host and port. */
  async function serve(handler: Handler): Promise<string> {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? "-"}`);
        handler(request, response, body);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const registry = (more: object = {}) =>
    openRegistry({
      env: { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}` },
      report: (message) => said.push(message),
      second: 1,
      timeoutMs: 500,
      ...more,
    });
  const imageAt = (host: string, name = "myorg/api") => parseImage(`${host}/${name}:${tag}`)!;
  const writeConfig = (config: unknown) => writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const fails = async (asking: Promise<unknown>, words: RegExp) =>
    assert.rejects(asking, (error: Error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, words);
      return true;
    });

  const found: Handler = (_, response) => response.writeHead(200, { "docker-content-digest": digest }).end();
  const status =
    (code: number, headers: Record<string, string> = {}): Handler =>
    (_, response) =>
      response.writeHead(code, headers).end();
  /** One answer after the other, the last one for good. */
  const inTurn = (...handlers: Handler[]): Handler => {
    let count = 0;
    return (...all) => handlers[Math.min(count++, handlers.length - 1)]!(...all);
  };
  /** Demands `authorization`, and says how to get it. */
  const guarded =
    (authorization: string, challenge: string): Handler =>
    (request, ...rest) =>
      (request.headers.authorization === authorization ? found : status(401, { "www-authenticate": challenge }))(
        request,
        ...rest,
      );

  describe("digest", () => {
    it("is that of the tag, whatever kind of image that is", async () => {
      let accept = "";
      const host = await serve((request, ...rest) => {
        accept = request.headers.accept ?? "";
        found(request, ...rest);
      });
      assert.equal(await registry().digestOf(imageAt(host)), digest);
      assert.deepEqual(requests, [`HEAD /v2/myorg/api/manifests/${tag} -`]);
      assert.deepEqual(accept.split(", "), [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        ociManifest,
        "application/vnd.docker.distribution.manifest.v2+json",
      ]);
    });

    it("is computed where the registry doesn't say it", async () => {
      const body = JSON.stringify({ schemaVersion: 2 });
      const host = await serve((request, response) =>
        response.writeHead(200, { "content-type": ociManifest }).end(request.method === "GET" ? body : undefined),
      );
      const computed = `sha256:${createHash("sha256").update(body).digest("hex")}`;
      assert.equal(await registry().digestOf(imageAt(host)), computed);
    });

    it("is undefined where there is no such image", async () => {
      const host = await serve(status(404, { "content-type": "application/json" }));
      assert.equal(await registry().digestOf(imageAt(host)), undefined);
    });

    const notRegistries: [what: string, handler: Handler, words: RegExp][] = [
      ["a web page", status(404, { "content-type": "text/html" }), /answers 404 with a web page/],
      ["another file", status(200, { "content-type": "text/plain" }), /answers with text\/plain/],
      ["a refused method", status(405), /answers 405, which wasn't expected: check that 127\.0\.0\.1:\d+ is an image/],
      [
        "too large a manifest",
        (request, response) =>
          response
            .writeHead(200, { "content-type": ociManifest })
            .end(request.method === "GET" ? Buffer.alloc(2 ** 22 + 1) : undefined),
        /its answer has more than 4 MiB/,
      ],
    ];
    for (const [what, handler, words] of notRegistries) {
      it(`isn't read from ${what}`, async () => {
        const host = await serve(handler);
        await fails(registry().digestOf(imageAt(host)), words);
      });
    }
  });

  describe("failures", () => {
    it("that pass are survived, with a word each", async () => {
      const host = await serve(inTurn(status(502), (_, response) => response.destroy(), status(503), found));
      assert.equal(await registry().digestOf(imageAt(host)), digest);
      assert.equal(said.length, 3);
      assert.match(
        said[0]!,
        /^HEAD http:\/\/127\.0\.0\.1:\d+\/v2\/myorg\/api\/manifests\/\w+: it answers 502; trying again$/,
      );
    });

    it("that stay are reported after four of them", async () => {
      const host = await serve(status(503));
      await fails(registry().digestOf(imageAt(host)), /asked for the image 127\S+api:4f5c2d1\S+ .*keeps answering 503/);
      assert.deepEqual([requests.length, said.length], [4, 3]);
    });

    it("name a registry that is down", async () => {
      const host = await serve(found);
      await new Promise((resolve) => servers.pop()!.close(resolve));
      await fails(registry().digestOf(imageAt(host)), /can't be reached \(127\.0\.0\.1:\d+: ECONNREFUSED\): check/);
    });

    it("name a registry that keeps silent", async () => {
      const host = await serve(() => undefined);
      await fails(
        registry({ timeoutMs: 20 }).digestOf(imageAt(host)),
        /can't be reached \(.*no answer within 0\.02 s\)/,
      );
    });

    it("end at once when the signal is aborted", async () => {
      const stop = new AbortController();
      const host = await serve(() => stop.abort(new UserError("stopped by Ctrl-C")));
      await fails(registry({ signal: stop.signal }).digestOf(imageAt(host)), /^stopped by Ctrl-C$/);
      assert.equal(requests.length, 1);
    });

    it("refuse a host that there can't be", async () => {
      await fails(registry().digestOf(imageAt("ghcr.io:99999")), /ghcr\.io:99999 is no host/);
    });
  });

  describe("rate limit", () => {
    it("is waited for", async () => {
      const host = await serve(inTurn(status(429, { "retry-after": "3" }), found));
      assert.equal(await registry().digestOf(imageAt(host)), digest);
      assert.match(said[0]!, /^the rate limit of 127\.0\.0\.1:\d+ is exceeded: waiting 3 s$/);
    });

    for (const [what, header, seconds, tries] of [
      ["twice at most", "2", 2, 3],
      ["a minute at most", "3600", 3600, 1],
      ["until a date of the server's clock", "Mon, 30 Nov 2026 11:00:00 GMT", 3600, 1],
      ["a minute where it isn't said how long", "soon", 60, 3],
    ] as const) {
      it(`is waited for ${what}`, async () => {
        const date = "Mon, 30 Nov 2026 10:00:00 GMT";
        const host = await serve(status(429, { "retry-after": header, date }));
        const words = new RegExp(`answers 429: too many requests; try again in ${seconds} s`);
        await fails(registry().digestOf(imageAt(host)), words);
        assert.equal(requests.length, tries);
      });
    }
  });

  describe("token", () => {
    const login = { auth: Buffer.from("octocat:a:password").toString("base64") };
    const tokens =
      (answer: object, code = 200): Handler =>
      (_, response) =>
        response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(answer));
    const challenge = (realm: string) => `Bearer realm="${realm}",service="reg.example",scope="repository:x:pull,push"`;
    const query = `service=reg.example&scope=repository%3Amyorg%2Fapi%3Apull`;

    it("is fetched once per repository, anonymously, for this repository alone", async () => {
      const realm = await serve(tokens({ token: "t0ken" }));
      const host = await serve(guarded("Bearer t0ken", challenge(`http://${realm}/token?account=x`)));
      const client = registry();
      assert.equal(await client.digestOf(imageAt(host)), digest);
      assert.equal(await client.digestOf(imageAt(host)), digest);
      assert.equal(await client.digestOf(imageAt(host, "myorg/web")), digest);
      assert.deepEqual(requests, [
        `HEAD /v2/myorg/api/manifests/${tag} -`,
        `GET /token?account=x&${query} -`,
        `HEAD /v2/myorg/api/manifests/${tag} Bearer t0ken`,
        `HEAD /v2/myorg/api/manifests/${tag} Bearer t0ken`,
        `HEAD /v2/myorg/web/manifests/${tag} -`,
        `GET /token?account=x&${query.replace("api", "web")} -`,
        `HEAD /v2/myorg/web/manifests/${tag} Bearer t0ken`,
      ]);
    });

    it("is shared by questions at the same time, and replaced when it has expired", async () => {
      let count = 0;
      const realm = await serve((...all) => tokens({ access_token: `t${++count}` })(...all));
      let valid = "t1";
      const host = await serve((...all) => guarded(`Bearer ${valid}`, challenge(`http://${realm}`))(...all));
      const client = registry();
      const ask = () => Promise.all([1, 2, 3].map(() => client.digestOf(imageAt(host))));
      assert.deepEqual(await ask(), [digest, digest, digest]);
      valid = "t2";
      assert.deepEqual(await ask(), [digest, digest, digest]);
      assert.equal(count, 2);
    });

    it("is fetched with the login of docker's file", async () => {
      const realm = await serve(tokens({ token: "t0ken" }));
      const host = await serve(guarded("Bearer t0ken", challenge(`http://${realm}/token`)));
      writeConfig({ auths: { [host]: login, "ghcr.io": { auth: "b3RoZXI6b3RoZXI=" } } });
      await registry().digestOf(imageAt(host));
      assert.equal(requests[1], `GET /token?${query} Basic ${login.auth}`);
    });

    it("is exchanged for an identity token", async () => {
      let sent = "";
      const realm = await serve((request, response, body) => {
        sent = `${request.method} ${body}`;
        tokens({ access_token: "t0ken" })(request, response, body);
      });
      const host = await serve(guarded("Bearer t0ken", challenge(`http://${realm}/token`)));
      writeConfig({ auths: { [host]: { ...login, identitytoken: "refresh" } } });
      assert.equal(await registry().digestOf(imageAt(host)), digest);
      assert.equal(sent, `POST grant_type=refresh_token&client_id=preview-stack&refresh_token=refresh&${query}`);
    });

    it("is fetched where Basic is offered, too", async () => {
      const realm = await serve(tokens({ token: "t0ken" }));
      const both = `Basic realm="Registry, \\"old\\"", ${challenge(`http://${realm}/token`)}`;
      const host = await serve(guarded("Bearer t0ken", both));
      assert.equal(await registry().digestOf(imageAt(host)), digest);
    });

    const refusals: [what: string, handler: Handler, words: RegExp][] = [
      [
        "a refusal",
        status(401),
        /answers 401: the login octocat \(auths in \S+config\.json\) isn't accepted.*docker login 127/,
      ],
      ["no token", tokens({}), /sends us to 127\S+ for a token, which answers 200 without one/],
      ["a token that is no header", tokens({ token: "a\r\nb: c" }), /200 without one/],
      ["a page", status(404), /404 without one/],
      ["failures", status(500), /can't say: 127\S+ keeps answering 500/],
      [
        "a redirect to another host",
        status(307, { location: "https://elsewhere.example/token" }),
        /it redirects to https:\/\/elsewhere\.example, where it isn't followed/,
      ],
    ];
    for (const [what, handler, words] of refusals) {
      it(`is an error when its server answers with ${what}`, async () => {
        const realm = await serve(handler);
        const host = await serve(guarded("Bearer t0ken", challenge(`http://${realm}/token`)));
        writeConfig({ auths: { [host]: login } });
        await fails(registry().digestOf(imageAt(host)), words);
      });
    }

    for (const realm of ["http://tokens.example/token", "http://127.0.0.1.example/", "ftp://127.0.0.1/", "token", ""]) {
      it(`is never asked for at ${JSON.stringify(realm)}`, async () => {
        const host = await serve(status(401, { "www-authenticate": challenge(realm) }));
        writeConfig({ auths: { [host]: login } });
        await fails(registry().digestOf(imageAt(host)), /wants a token from .*which wasn't expected/);
      });
    }
  });

  describe("login", () => {
    const auth = Buffer.from("octocat:secret").toString("base64");
    const basicOnly = 'Basic realm="Registry"';
    const helper = (script: string, name = "test") =>
      writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    /** Prints a login if it is asked for that server. */
    const knows = (server: string, answer: object) =>
      helper(`[ "$1" = get ] && [ "$(cat)" = "${server}" ] && echo '${JSON.stringify(answer)}'`);

    const accepted: [what: string, config: (host: string) => unknown][] = [
      ["auth", (host) => ({ auths: { [host]: { auth } } })],
      [
        "auth padded with zeros",
        (host) => ({ auths: { [host]: { auth: Buffer.from("octocat:secret\0").toString("base64") } } }),
      ],
      ["a user name and a password", (host) => ({ auths: { [host]: { username: "octocat", password: "secret" } } })],
      ["a URL of the host", (host) => ({ auths: { [`https://${host}/v1/`]: { auth } } })],
      ["an empty entry beside it", (host) => ({ auths: { [host]: {}, [`http://${host}`]: { auth } } })],
    ];
    for (const [what, config] of accepted) {
      it(`is taken from ${what}`, async () => {
        const host = await serve(guarded(`Basic ${auth}`, basicOnly));
        writeConfig(config(host));
        assert.equal(await registry().digestOf(imageAt(host)), digest);
      });
    }

    for (const kind of ["credHelpers", "credsStore"] as const) {
      it(`is taken from a helper of ${kind}`, async () => {
        const host = await serve(guarded(`Basic ${auth}`, basicOnly));
        knows(host, { ServerURL: host, Username: "octocat", Secret: "secret" });
        writeConfig({ [kind]: kind === "credsStore" ? "test" : { [host]: "test" }, auths: { [host]: {} } });
        assert.equal(await registry().digestOf(imageAt(host)), digest);
      });
    }

    it("of a helper may be an identity token", async () => {
      const realm = await serve((_, response, body) =>
        response.end(JSON.stringify({ token: body.includes("refresh_token=refresh&") ? "good" : "bad" })),
      );
      const host = await serve(guarded("Bearer good", `Bearer realm="http://${realm}"`));
      knows(host, { Username: "<token>", Secret: "refresh" });
      writeConfig({ credsStore: "test" });
      assert.equal(await registry().digestOf(imageAt(host)), digest);
    });

    it("is asked of a helper once, and only where the registry demands one", async () => {
      const open = await serve(found);
      const host = await serve(guarded(`Basic ${auth}`, basicOnly));
      const count = join(folder, "count");
      helper(`echo asked >>${count}; echo '{"Username":"octocat","Secret":"secret"}'`);
      writeConfig({ credsStore: "test" });
      const client = registry();
      await Promise.all([
        client.digestOf(imageAt(open)),
        client.digestOf(imageAt(host)),
        client.digestOf(imageAt(host, "a/b")),
      ]);
      assert.equal(readFileSync(count, "utf8"), "asked\n");
    });

    const missing: [what: string, prepare: (host: string) => void][] = [
      ["there is no file", () => undefined],
      ["the file has other hosts", () => writeConfig({ auths: { "ghcr.io": { auth } } })],
      [
        "the helper has none",
        () => {
          helper("echo credentials not found in native keychain; exit 1");
          writeConfig({ credsStore: "test" });
        },
      ],
    ];
    for (const [what, prepare] of missing) {
      it(`is missed by name when ${what}`, async () => {
        const host = await serve(guarded(`Basic ${auth}`, basicOnly));
        prepare(host);
        const words = /answers 401: it was asked without a login; .* run docker login 127\.0\.0\.1:\d+ first/;
        await fails(registry().digestOf(imageAt(host)), words);
      });
    }

    it("is named when it may not pull the image", async () => {
      const host = await serve((request, ...rest) =>
        (request.headers.authorization ? status(403) : status(401, { "www-authenticate": basicOnly }))(
          request,
          ...rest,
        ),
      );
      knows(host, { Username: "octocat", Secret: "secret" });
      writeConfig({ credsStore: "test" });
      const words =
        /answers 403: the login octocat \(docker-credential-test, named in \S+\) isn't accepted or may not pull/;
      await fails(registry().digestOf(imageAt(host)), words);
    });

    const broken: [what: string, prepare: () => void, words: RegExp][] = [
      [
        "not JSON",
        () => writeFileSync(join(folder, "config.json"), "{ secret"),
        /config\.json can't be read \(it isn't JSON\)/,
      ],
      ["not docker's", () => writeConfig({ auths: ["secret"] }), /config\.json can't be read \(auths: /],
      [
        "with a path for a helper",
        () => writeConfig({ credsStore: "x/../../evil" }),
        /a credential helper that there can't be/,
      ],
      [
        "with a helper that isn't there",
        () => writeConfig({ credsStore: "none" }),
        /docker-credential-none is not on PATH/,
      ],
      [
        "with a helper that fails",
        () => {
          helper("echo the keychain is locked; exit 1");
          writeConfig({ credsStore: "test" });
        },
        /docker-credential-test, which \S+ names for the login at 127\S+, fails \(the keychain is locked\): try it/,
      ],
      [
        "with a helper that says something else",
        () => {
          helper("echo secret");
          writeConfig({ credsStore: "test" });
        },
        /its answer isn't one of a credential helper/,
      ],
    ];
    for (const [what, prepare, words] of broken) {
      it(`is an error when docker's file is ${what}`, async () => {
        const host = await serve(guarded(`Basic ${auth}`, basicOnly));
        prepare();
        const asking = registry().digestOf(imageAt(host));
        await fails(asking, words);
        await asking.catch((error: Error) => assert.doesNotMatch(error.message, /secret/));
      });
    }
  });

  describe("redirect", () => {
    const auth = Buffer.from("octocat:secret").toString("base64");

    it("to another host is followed without the login", async () => {
      const other = await serve(found);
      const host = await serve((request, ...rest) =>
        (request.headers.authorization
          ? status(307, { location: `http://${other}/elsewhere` })
          : status(401, { "www-authenticate": "Basic" }))(request, ...rest),
      );
      writeConfig({ auths: { [host]: { auth } } });
      assert.equal(await registry().digestOf(imageAt(host)), digest);
      assert.equal(requests.at(-1), "HEAD /elsewhere -");
    });

    it("to another host that demands a login is an error", async () => {
      const other = await serve(status(401, { "www-authenticate": "Basic" }));
      const host = await serve(status(307, { location: `http://${other}/elsewhere` }));
      writeConfig({ auths: { [other]: { auth } } });
      await fails(registry().digestOf(imageAt(host)), /answers 401: it was asked without a login/);
      assert.equal(requests.length, 2);
    });

    it("to plain http elsewhere is not followed", async () => {
      const host = await serve(status(307, { location: "http://elsewhere.example/" }));
      await fails(
        registry().digestOf(imageAt(host)),
        /redirects to http:\/\/elsewhere\.example, where it isn't followed/,
      );
    });
  });
});

describe("an image's place", () => {
  const places: [repository: string, host: string, url: string][] = [
    ["ghcr.io/myorg/api", "ghcr.io", "https://ghcr.io/v2/myorg/api"],
    ["registry.example.com:8443/api", "registry.example.com:8443", "https://registry.example.com:8443/v2/api"],
    ["localhost/api", "localhost", "http://localhost/v2/api"],
    ["localhost:5000/myorg/api", "localhost:5000", "http://localhost:5000/v2/myorg/api"],
    ["127.8.0.1:5000/api", "127.8.0.1:5000", "http://127.8.0.1:5000/v2/api"],
    ["127.0.0.1.example.com/api", "127.0.0.1.example.com", "https://127.0.0.1.example.com/v2/api"],
    ["localhost.example.com/api", "localhost.example.com", "https://localhost.example.com/v2/api"],
    ["postgres", "docker.io", "https://registry-1.docker.io/v2/library/postgres"],
    ["myorg/api", "docker.io", "https://registry-1.docker.io/v2/myorg/api"],
    ["docker.io/postgres", "docker.io", "https://registry-1.docker.io/v2/library/postgres"],
    ["index.docker.io/myorg/api", "docker.io", "https://registry-1.docker.io/v2/myorg/api"],
  ];
  for (const [repository, host, url] of places) {
    it(`${repository} is at ${url}`, () => {
      const place = placeOf(parseImage(`${repository}:${tag}`)!);
      assert.deepEqual([place.host, `${place.origin}/v2/${place.name}`, place.reference], [host, url, tag]);
    });
  }

  it("is asked for by the tag, otherwise by the digest", () => {
    assert.equal(placeOf(parseImage(`api:${tag}@${digest}`)!).reference, tag);
    assert.equal(placeOf(parseImage(`api@${digest}`)!).reference, digest);
  });

  const leads: [from: string, to: string, may: boolean][] = [
    ["ghcr.io/a/b", "https://elsewhere.example", true],
    ["ghcr.io/a/b", "http://elsewhere.example", false],
    ["ghcr.io/a/b", "http://127.0.0.1:8080", false],
    ["ghcr.io/a/b", "https://localhost", false],
    ["ghcr.io/a/b", "https://localhost.:6443", false],
    ["ghcr.io/a/b", "https://registry.localhost", false],
    ["ghcr.io/a/b", "https://0.0.0.0:6443", false],
    ["ghcr.io/a/b", "https://[::]:6443", false],
    ["ghcr.io/a/b", "https://[::1]:6443", false],
    ["ghcr.io/a/b", "https://[::ffff:127.0.0.1]:6443", false],
    ["ghcr.io/a/b", "https://2130706433:6443", false],
    ["ghcr.io/a/b", "https://localhost.example.com", true],
    ["localhost/b", "https://elsewhere.example", true],
    ["localhost/b", "http://registry.localhost", false],
    ["localhost/b", "http://127.0.0.1:8080", true],
    ["localhost/b", "http://elsewhere.example", false],
  ];
  for (const [from, to, may] of leads) {
    it(`${from} ${may ? "may" : "must not"} lead to ${to}`, () => {
      assert.equal(mayLeadTo(new URL(to), placeOf(parseImage(from)!)), may);
    });
  }

  it("at Docker Hub has the login of its old name", () => {
    const names = ["https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io"];
    const auth = Buffer.from("octocat:secret").toString("base64");
    for (const key of names) {
      assert.equal(fromAuths({ [key]: { auth } }, names, "config.json")?.username, "octocat");
    }
  });
});
