import assert from "node:assert/strict";
import { MockAgent } from "undici";
import { dnsComment, UserError } from "../../contract";
import { refusal } from "../../clients/dns/cloudflare/errors";
import { Zone } from "../../clients/dns/zone";

const zoneId = "0123456789abcdef0123456789abcdef";
const owner = { project: "preview", product: "orders", repository: "myorg/orders", pullRequest: 7 };
const record = (id: string, comment: string | null = dnsComment(owner)) => ({
  ...{ id, comment, name: `${id}.previews.example.com`, type: "A", content: "192.0.2.1" },
  ...{ ttl: 1, proxied: false, created_on: "2026-11-24T12:00:00.000000Z" },
});

/** Answers that can't be provoked from Cloudflare; test/engine/dns/zone.test.ts has the others. */
describe("the DNS provider's client", () => {
  let agent: MockAgent;
  let zone: Zone;

  beforeEach(() => {
    agent = new MockAgent();
    agent.disableNetConnect();
    zone = new Zone(zoneId, { CLOUDFLARE_API_TOKEN: "a token" }, agent);
  });

  afterEach(async () => {
    agent.assertNoPendingInterceptors();
    await agent.close();
  });

  const api = () => agent.get("https://api.cloudflare.com");
  const page = (number: number) => ({
    path: `/client/v4/zones/${zoneId}/dns_records?comment.startswith=preview-stack%3A&page=${number}&per_page=1000`,
    headers: { authorization: "Bearer a token" },
  });
  const listing = (records: readonly object[], info: object) => ({
    ...{ success: true, errors: [], messages: [], result: records },
    result_info: { page: 1, per_page: 1000, count: records.length, ...info },
  });
  const saysInstead = async (words: RegExp) =>
    assert.rejects(zone.ownedRecords(), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, words);
      return true;
    });

  it("reads every page and leaves out records that only look like ours", async () => {
    const total = { total_count: 3, total_pages: 2 };
    api()
      .intercept(page(1))
      .reply(200, listing([record("a"), record("b", "PREVIEW-STACK: by hand")], total));
    api()
      .intercept(page(2))
      .reply(200, listing([record("c")], total));
    const records = await zone.ownedRecords();
    assert.deepEqual(
      records.map(({ id, owner }) => [id, owner.pullRequest]),
      [
        ["a", 7],
        ["c", 7],
      ],
    );
  });

  it("finds records by name, no matter who created them", async () => {
    const path = `/client/v4/zones/${zoneId}/dns_records?name.exact=a.previews.example.com&page=1&per_page=1000`;
    api()
      .intercept({ path })
      .reply(200, listing([record("a", null)], { total_count: 1, total_pages: 1 }));
    assert.deepEqual(
      (await zone.recordsOf("a.previews.example.com")).map(({ id }) => id),
      ["a"],
    );
  });

  it("lists again when a record moved between pages", async () => {
    const total = { total_count: 2, total_pages: 2 };
    for (const [number, id] of [
      [1, "a"],
      [2, "a"],
      [1, "a"],
      [2, "b"],
    ] as const) {
      api()
        .intercept(page(number))
        .reply(200, listing([record(id)], total));
    }
    assert.deepEqual(
      (await zone.ownedRecords()).map(({ id }) => id),
      ["a", "b"],
    );
  });

  it("never returns an incomplete list", async () => {
    api()
      .intercept(page(1))
      .reply(200, listing([record("a")], { total_count: 2, total_pages: 1 }))
      .times(3);
    await saysInstead(/list of DNS records was incomplete/);
  });

  const unreadable: [what: string, body: string | object, words: RegExp][] = [
    ["an empty answer", "", /zone 0123.* answers 200: /],
    ["a page of a proxy", "<html>Log in first", /answers 200 <html>Log in first.*CLOUDFLARE_BASE_URL/],
    ["no count", { ...listing([], {}), result_info: undefined }, /list of DNS records can't be read/],
    ["no list", { ...listing([], { total_count: 0, total_pages: 0 }), result: null }, /can't be read/],
    ["a record without id", listing([{ name: "x" }], { total_count: 1, total_pages: 1 }), /can't be read/],
  ];
  for (const [what, body, words] of unreadable) {
    it(`doesn't accept ${what} as an answer`, async () => {
      api().intercept(page(1)).reply(200, body);
      await saysInstead(words);
    });
  }

  it("recovers from a passing failure and from a reset connection", async () => {
    api().intercept(page(1)).reply(502, "<html>Bad gateway");
    api()
      .intercept(page(1))
      .replyWithError(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    api()
      .intercept(page(1))
      .reply(200, listing([], { total_count: 0, total_pages: 0 }));
    assert.deepEqual(await zone.ownedRecords(), []);
  });

  it("gives up after four failures", async () => {
    api().intercept(page(1)).reply(503, "busy").times(4);
    await saysInstead(/answers 503 busy: it is failing/);
  });

  it("names the host it can't reach", async () => {
    api()
      .intercept(page(1))
      .replyWithError(Object.assign(new Error("no"), { code: "ETIMEDOUT" }));
    await saysInstead(/https:\/\/api\.cloudflare\.com can't be reached for DNS records \(ETIMEDOUT\)/);
  });

  it("sends requests to CLOUDFLARE_BASE_URL", async () => {
    const env = { CLOUDFLARE_API_TOKEN: "a token", CLOUDFLARE_BASE_URL: "http://127.0.0.1:1/v4/" };
    agent
      .get("http://127.0.0.1:1")
      .intercept({ method: "DELETE", path: `/v4/zones/${zoneId}/dns_records/a` })
      .reply(200, { success: true, errors: [], messages: [], result: { id: "a" } });
    await new Zone(zoneId, env, agent).delete("a");
  });

  it("names the missing variable", () => {
    assert.throws(() => new Zone(zoneId, {}), /CLOUDFLARE_API_TOKEN is not set/);
  });

  it("doesn't mistake a missing zone for a deleted record", async () => {
    const body = { success: false, errors: [{ code: 7003, message: "Could not route" }], messages: [], result: null };
    api()
      .intercept({ method: "DELETE", path: `/client/v4/zones/${zoneId}/dns_records/a` })
      .reply(404, body);
    await assert.rejects(zone.delete("a"), /no such zone; set dns\.zoneId/);
  });

  const refusals: [status: number, code: number, advice: RegExp][] = [
    [400, 6003, /CLOUDFLARE_API_TOKEN must be a valid token/],
    [401, 10000, /CLOUDFLARE_API_TOKEN must be a valid token/],
    [403, 9109, /permission DNS Edit/],
    [400, 7003, /no such zone/],
    [429, 10000, /try again in 5 minutes/],
    [500, 1000, /cloudflarestatus/],
    [409, 81058, /that wasn't expected/],
  ];
  for (const [status, code, advice] of refusals) {
    it(`explains ${status} with code ${code}, without the token`, () => {
      const { message } = refusal(zoneId, { status, errors: [{ code, message: "No" }] });
      assert.match(message, advice);
      assert.match(message, new RegExp(`${status} No \\(${code}\\)`));
    });
  }
});
