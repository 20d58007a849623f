import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { request } from "undici";
import { withoutBasicAuth } from "../../cli/output/without-basic-auth";
import { basicAuth } from "../../clients/http/basic-auth";
import { previewClient } from "../../clients/http/client";
import { waitUntilServing } from "../../clients/http/serving";
import { outside } from "../../verify/view";
import { onLoopback } from "./loopback";

const credentials = "reviewer:s3cret:word";
const header = `Basic ${Buffer.from(credentials).toString("base64")}`;

/** An ingress with basic auth, whose page says which header it got. */
const guarded: RequestListener = ({ headers: { authorization = "none" }, url }, response) => {
  const isIn = authorization === header;
  response.writeHead(isIn ? 200 : 401, isIn ? {} : { "www-authenticate": 'Basic realm="previews"' });
  response.end(`${url} ${authorization}`);
};
/** Any other host. */
const open: RequestListener = ({ headers: { authorization = "none" } }, response) => response.end(authorization);

describe("PREVIEW_BASIC_AUTH", () => {
  const { PREVIEW_BASIC_AUTH: before } = process.env;
  beforeEach(() => {
    process.env.PREVIEW_BASIC_AUTH = credentials;
  });
  afterEach(() => {
    delete process.env.PREVIEW_BASIC_AUTH;
    if (before !== undefined) {
      process.env.PREVIEW_BASIC_AUTH = before;
    }
  });

  it("gets a wait for the host, a check and a stream past the ingress", () =>
    onLoopback(guarded, async (origin) => {
      await waitUntilServing(origin, { dispatcher: previewClient([origin]), report: assert.fail, timeoutMs: 0 });
      const { ask, begin } = outside(origin);
      assert.equal((await ask({ path: "/a/..%2Fb" })).text, `/a/..%2Fb ${header}`);
      assert.equal((await begin!("/events")).status, 200);
    }));

  it("isn't sent without it, and the wait names it then", () =>
    onLoopback(guarded, async (origin) => {
      delete process.env.PREVIEW_BASIC_AUTH;
      const how = { dispatcher: previewClient([origin]), report: () => undefined, timeoutMs: 0 };
      await assert.rejects(waitUntilServing(origin, how), /401.*needs PREVIEW_BASIC_AUTH=user:password$/);
    }));

  it("is sent to no other host, and leaves a request its own Authorization", () =>
    onLoopback(open, (other) =>
      onLoopback(open, async (origin) => {
        const dispatcher = previewClient([`${origin}/a/path`]);
        const sent = async (url: string, headers = {}) => (await request(url, { dispatcher, headers })).body.text();
        assert.equal(await sent(`${origin}/x`), header);
        assert.equal(await sent(`${origin}/x`, { Authorization: "Bearer 1" }), "Bearer 1");
        assert.equal(await sent(other), "none");
        assert.equal(await sent(origin.replace("127.0.0.1", "localhost")), "none");
      }),
    ));

  it("is one error where it is malformed, which doesn't repeat it", () => {
    assert.deepEqual(basicAuth(), { username: "reviewer", password: "s3cret:word" });
    assert.equal(basicAuth({ PREVIEW_BASIC_AUTH: "" }), undefined);
    for (const value of ["reviewer", ":s3cret", "reviewer:", "reviewer:s3\ncret"]) {
      assert.throws(
        () => basicAuth({ PREVIEW_BASIC_AUTH: value }),
        ({ name, message }: Error) =>
          name === "UserError" && /^PREVIEW_BASIC_AUTH: must be/.test(message) && !/reviewer|s3/.test(message),
      );
    }
  });

  it("is hidden in what is printed, as it is and as a header has it", () => {
    const text = `${header}, ${credentials}, "s3cret:word", reviewer`;
    const clean = withoutBasicAuth(text);
    assert.doesNotMatch(clean, /s3cret/);
    assert.ok(!clean.includes(header.slice(10)), clean);
    assert.match(clean, /reviewer$/);
    assert.equal(withoutBasicAuth(text, {}), text);
  });
});
