import assert from "node:assert/strict";
import { codeHost } from "../../clients/code-host";
import { ciFrom } from "../../cli/ci";
import { foundIn } from "../../lifecycle/inventory/found";
import { answerAbout, gatherAnswers } from "../../lifecycle/inventory/gather";
import { carryOut } from "../../lifecycle/reconcile/carry-out";
import { plan } from "../../lifecycle/reconcile/plan";
import { faults, GitHubStandIn } from "../doubles/github";

const site = {
  owner: { project: "preview", product: "orders", repository: "myorg/orders" },
  prefix: "",
  domain: "previews.example.com",
};

/** 120 pull requests have a preview, 1 to 110 are open, the others are closed. */
describe("reconcile and the code host", () => {
  const isList = /\/pulls$/;
  const isSingle = /\/pulls\/\d+$/;
  let github: GitHubStandIn;
  let said: string[];

  beforeEach(async () => {
    github = await GitHubStandIn.start(site.owner.repository);
    said = [];
    for (let number = 1; number <= 120; number += 1) {
      github.open(number);
      if (number > 110) {
        github.close(number, { merged: number % 2 === 0 });
      }
    }
  });
  afterEach(() => github.stop());

  async function reconciled({ cap = 200, meanwhile = () => undefined, freshFor = 15 } = {}) {
    const report = (message: string) => void said.push(message);
    const host = codeHost(site.owner.repository, ciFrom(github.env).codeHost, { second: 1, timeoutMs: 300, report })!;
    const stacks = Array.from({ length: 120 }, (_, index) => `pr-${index + 1}`);
    const found = foundIn({ stacks, namespaces: [], records: [] }, site);
    const facts = { found, ...(await gatherAnswers(host, found, new Date(), report)) };
    meanwhile();
    const closed: number[] = [];
    await carryOut(
      plan(facts, cap),
      facts,
      {
        ask: (number) => answerAbout(host, number, report),
        close: async (number, confirm) => {
          await confirm(undefined);
          closed.push(number);
        },
        redeploy: () => assert.fail("nothing was to be deployed"),
      },
      { report, freshFor },
    );
    return closed;
  }
  const all = [111, 112, 113, 114, 115, 116, 117, 118, 119, 120];

  it("sends two requests for 110 open pull requests and one for each closed one", async () => {
    assert.deepEqual(await reconciled(), all);
    assert.equal(github.requests.length, 2 + 10);
  });

  const lists = {
    "an empty list": () => github.fail(faults.empty(), { path: isList }),
    "a short list": () => github.fail(faults.short(3), { path: isList }),
    "a list without a link": () => github.fail(faults.noLink(), { path: isList }),
    "a list that fails twice": () => github.fail(faults.status(502), { path: isList, times: 2 }),
  };
  for (const [name, breakIt] of Object.entries(lists)) {
    it(`${name} closes no preview of an open pull request`, async () => {
      breakIt();
      assert.deepEqual(await reconciled(), all);
    });
  }

  const failures = {
    "a list that fails": () => github.fail(faults.status(500), { path: isList }),
    "a list that ends with an error on its second page": () =>
      github.fail((next, { url }) =>
        url.searchParams.get("page") === "2" ? faults.status(500)(next, { url } as never) : next(),
      ),
    "a list that is reset": () => github.fail(faults.reset(), { path: isList }),
    "a list that is cut": () => github.fail(faults.cut(), { path: isList }),
    "a list that is malformed": () => github.fail(faults.malformed(), { path: isList }),
    "a list of somebody else": () => github.fail(faults.html(), { path: isList }),
    "a list that comes too late": () => github.fail(faults.slow(1000), { path: isList }),
    "a rate limit": () => github.fail(faults.secondaryLimit(61)),
    "a used up rate limit": () => {
      github.rateLimit.remaining = 2;
    },
    "a bad token": () => github.tokens.clear(),
    "single answers that fail": () => github.fail(faults.status(503), { path: isSingle }),
    "single answers that are cut": () => github.fail(faults.cut(), { path: isSingle }),
    "single answers that say 404": () => github.fail(faults.status(404), { path: isSingle }),
    "single answers about another pull request": () =>
      github.fail(
        faults.redirect(() => "/repos/myorg/orders/pulls/120"),
        { path: /\/pulls\/(?!120$)\d+$/ },
      ),
    "an empty list and single answers that fail": () => {
      github.fail(faults.empty(), { path: isList });
      github.fail(faults.status(503), { path: isSingle });
    },
  };
  for (const [name, breakIt] of Object.entries(failures)) {
    it(`${name} closes nothing that the code host didn't say is closed`, async () => {
      breakIt();
      const closed = await reconciled();
      assert.deepEqual(closed, name.includes("about another") ? [120] : []);
    });
  }

  it("doesn't close a pull request that is reopened before its turn", async () => {
    const closed = await reconciled({ freshFor: 0, meanwhile: () => void github.open(115) });
    assert.deepEqual(
      closed,
      all.filter((number) => number !== 115),
    );
    assert.match(said.join("\n"), /pr-115: left alone, meanwhile open/);
  });

  it("closes nothing when more pull requests than plausible seem to be closed at once", async () => {
    for (let number = 1; number <= 120; number += 1) {
      github.close(number);
    }
    assert.deepEqual(await reconciled({ cap: 10 }), []);
  });
});
