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

interface Step {
  readonly verb: "up" | "sleep" | "wake" | "reset-db" | "close";
  /** Which of the images `up` deploys. */
  readonly image: number;
  /** Seconds to wait before the command. */
  readonly pause: number;
}

/** The final state, as far as the commands determine it. */
interface State {
  readonly image?: number;
  readonly asleep: boolean;
  /** Whether the database still has its first rows. */
  readonly hasRows: boolean;
}

const anyStep = fc.record<Step>({
  verb: fc.constantFrom("up", "up", "sleep", "wake", "reset-db", "close"),
  image: fc.nat(3),
  pause: fc.double({ min: 0, max: 3, noNaN: true }),
});

/** The state after a successful command; without an image there is no preview. */
function afterStep(state: State, { verb, image }: Step): State {
  switch (verb) {
    case "up":
      return { ...state, image, asleep: state.image !== undefined && state.asleep };
    case "close":
      return { asleep: false, hasRows: false };
    case "reset-db":
      return { ...state, hasRows: false };
    default:
      return state.image === undefined ? state : { ...state, asleep: verb === "sleep" };
  }
}

/** All possible final states of two sequences of commands that interleave. */
function outcomes(state: State, one: readonly Step[], other: readonly Step[]): State[] {
  const [first, second] = [one[0], other[0]];
  return first === undefined && second === undefined
    ? [state]
    : [
        ...(first === undefined ? [] : outcomes(afterStep(state, first), one.slice(1), other)),
        ...(second === undefined ? [] : outcomes(afterStep(state, second), one, other.slice(1))),
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

  /** Runs commands one after the other, and returns those that succeeded. */
  async function runAll(project: TestProject, steps: readonly Step[]): Promise<Step[]> {
    const done: Step[] = [];
    for (const one of steps) {
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

  /** The actual state; fails unless record, cluster, annotations and comment agree on it. */
  async function state(project: TestProject): Promise<State> {
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
    const annotated = await get(
      `namespace/${namespace}`,
      "{.metadata.annotations.preview-stack/web} {.metadata.annotations.preview-stack/asleep}",
    );
    assert.equal(annotated.trim(), `${image}${record.asleep ? " true" : ""}`);
    assert.ok(github.comments.at(-1)!.body.includes(image), "the comment");
    if (record.asleep) {
      // Only a database that is awake can be queried.
      await succeeds(project, "wake");
    }
    const hasRows = (await query(namespace, "select to_regclass('kept')")) === "kept";
    return { image: images.indexOf(image), asleep: record.asleep, hasRows };
  }

  for (const seed of Array.from({ length: seeds }, (_, index) => index + 1)) {
    const rows = fc.sample(fc.array(anyStep, { minLength: inEachCheckout, maxLength: inEachCheckout }), {
      seed,
      numRuns: 2,
    });
    const shown = rows.map((row) => row.map(({ verb, image }) => (verb === "up" ? `up ${image}` : verb)).join(", "));
    faultTest(`any order ${seed}: ${shown.join(" alongside ")}`, 1, async ({ recover, left }) => {
      const [a, b] = [checkouts.fresh(), checkouts.fresh()];
      const begin: Step = { verb: "up", image: 0, pause: 0 };
      assert.deepEqual(await runAll(a, [begin]), [begin]);
      await query(namespace, "create table kept ()");
      await recover(async () => {
        const [one, other] = await Promise.all([runAll(a, rows[0]!), runAll(b, rows[1]!)]);
        const possible = outcomes({ image: 0, asleep: false, hasRows: true }, one, other);
        const found = await state(a);
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
