import assert from "node:assert/strict";
import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeploymentRecord } from "../../contract";
import { GitHubStandIn } from "../doubles/github";
import { kubectl, query } from "../engine/kubectl";
import { Preview, type TestProject } from "../engine/preview";
import { isWhole } from "../extent";
import { Checkouts } from "./checkouts";
import { faultTest } from "./fault";
import { closes, command, leftOf, smallImage, smallProduct } from "./small-preview";

const repository = "myorg/orders";
const number = 90372;
const seeds = isWhole ? 20 : 2;
const inEachCheckout = isWhole ? 4 : 2;

interface Order {
  readonly verb: "up" | "sleep" | "wake" | "reset-db" | "close";
  /** Which of the images `up` deploys. */
  readonly image: number;
  /** Seconds to wait before it. */
  readonly pause: number;
}

/** What is left in the end, as far as the orders say. */
interface World {
  readonly image?: number;
  readonly asleep: boolean;
  /** Whether the rows of the beginning are there. */
  readonly hasRows: boolean;
}

const order = fc.record<Order>({
  verb: fc.constantFrom("up", "up", "sleep", "wake", "reset-db", "close"),
  image: fc.nat(3),
  pause: fc.double({ min: 0, max: 3, noNaN: true }),
});

/** What an order that succeeds makes of a preview; undefined is none. */
function become(world: World, { verb, image }: Order): World {
  switch (verb) {
    case "up":
      return { ...world, image, asleep: world.image !== undefined && world.asleep };
    case "close":
      return { asleep: false, hasRows: false };
    case "reset-db":
      return { ...world, hasRows: false };
    default:
      return world.image === undefined ? world : { ...world, asleep: verb === "sleep" };
  }
}

/** All that could come of two rows of orders, each in its own order. */
function outcomes(world: World, one: readonly Order[], other: readonly Order[]): World[] {
  const [first, second] = [one[0], other[0]];
  return first === undefined && second === undefined
    ? [world]
    : [
        ...(first === undefined ? [] : outcomes(become(world, first), one.slice(1), other)),
        ...(second === undefined ? [] : outcomes(become(world, second), one, other.slice(1))),
      ];
}

describe("commands in any order from two checkouts", () => {
  let github: GitHubStandIn;
  let checkouts: Checkouts;
  let images: string[];

  before(async () => {
    github = await GitHubStandIn.start(repository);
    github.open(number);
    const { api, web } = await smallProduct();
    images = await Promise.all(["", "next", "b5", "b7"].map((version) => smallImage(version)));
    const without = { api: { ...api, image: undefined }, web: { ...web, image: undefined } };
    checkouts = await Checkouts.make("preview-any-order", { ...new Preview(number).settings, ...without, repository });
  });
  after(async () => {
    await github?.stop();
    await (checkouts && new Preview(number, {}, checkouts.fresh()).close());
    await checkouts?.remove();
  });

  const env = () => ({ ...github.env, GITHUB_REPOSITORY: repository });
  const { namespace } = new Preview(number);

  /** Carries orders out, one after the other; those that fail are none. */
  async function carryOut(project: TestProject, orders: readonly Order[]): Promise<Order[]> {
    const done: Order[] = [];
    for (const one of orders) {
      await sleep(one.pause * 1000);
      const image = images[one.image]!;
      const options = {
        up: ["--api", image, "--web", image, "--comment"],
        close: ["--comment"],
        ...{ sleep: [], wake: [], "reset-db": [] },
      }[one.verb];
      const { exitCode, stderr } = await command([one.verb, String(number), ...options], env(), project);
      assert.doesNotMatch(stderr, /^\s+at /m, `a stack trace of ${one.verb}`);
      if (exitCode === 0) {
        done.push(one);
      }
    }
    return done;
  }

  async function succeeds(project: TestProject, verb: string): Promise<void> {
    const { exitCode, stderr } = await command([verb, String(number)], env(), project);
    assert.equal(exitCode, 0, stderr);
  }

  /** What there is, which record, cluster, note and comment agree about. */
  async function world(project: TestProject): Promise<World> {
    const preview = new Preview(number, {}, project);
    if (!preview.exists()) {
      assert.equal(await kubectl("get", "namespace", namespace, "--ignore-not-found", "-o", "name"), "");
      assert.match(github.comments.at(-1)!.body, /Preview closed/);
      return { asleep: false, hasRows: false };
    }
    const text = await preview.pulumi("stack", "output", "record", "--json", "--stack", preview.stack);
    const record = JSON.parse(text) as DeploymentRecord;
    const get = (what: string, path: string) => kubectl("get", what, "-n", namespace, "-o", `jsonpath=${path}`);
    const image = record.settings["web.image"] as string;
    assert.equal(await get("deployment/web", "{.spec.template.spec.containers[0].image}"), image);
    const replicas = await get("deployments,statefulsets", "{.items[*].spec.replicas}");
    assert.equal(replicas, record.asleep ? "0 0 0" : "1 1 1");
    const noted = await get(
      `namespace/${namespace}`,
      "{.metadata.annotations.preview-stack/web} {.metadata.annotations.preview-stack/asleep}",
    );
    assert.equal(noted.trim(), `${image}${record.asleep ? " true" : ""}`);
    assert.ok(github.comments.at(-1)!.body.includes(image), "the comment");
    if (record.asleep) {
      // Only an awake database can be asked.
      await succeeds(project, "wake");
    }
    const hasRows = (await query(namespace, "select to_regclass('kept')")) === "kept";
    return { image: images.indexOf(image), asleep: record.asleep, hasRows };
  }

  for (const seed of Array.from({ length: seeds }, (_, index) => index + 1)) {
    const rows = fc.sample(fc.array(order, { minLength: inEachCheckout, maxLength: inEachCheckout }), {
      seed,
      numRuns: 2,
    });
    const shown = rows.map((row) => row.map(({ verb, image }) => (verb === "up" ? `up ${image}` : verb)).join(", "));
    faultTest(`any order ${seed}: ${shown.join(" beside ")}`, 1, async ({ recover, left }) => {
      const [a, b] = [checkouts.fresh(), checkouts.fresh()];
      const begin: Order = { verb: "up", image: 0, pause: 0 };
      assert.deepEqual(await carryOut(a, [begin]), [begin]);
      await query(namespace, "create table kept ()");
      await recover(async () => {
        const [one, other] = await Promise.all([carryOut(a, rows[0]!), carryOut(b, rows[1]!)]);
        const possible = outcomes({ image: 0, asleep: false, hasRows: true }, one, other);
        const found = await world(a);
        assert.ok(
          possible.some((each) => isDeepStrictEqual({ image: undefined, ...each }, { image: undefined, ...found })),
          `${JSON.stringify(found)} isn't one of ${JSON.stringify(possible)}`,
        );
      });
      if (new Preview(number, {}, a).exists()) {
        await closes(number, env(), a);
      }
      left(await leftOf(new Preview(number, {}, checkouts.fresh()), number, repository));
    });
  }
});
