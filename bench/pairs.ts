import { type LifecycleRecord, type Pair } from "../contract";
import { ensureEmbeddedDefault, exclusively, nodeStatus, openLog, stopNode, TestRegistry } from "../embedded";
import { GitHubStandIn, shaOf, type StandInRepository } from "../test/doubles/github";
import { Preview } from "../test/engine/preview";
import { Checkouts } from "../test/faults/checkouts";
import { command, smallImage, smallProduct } from "../test/faults/small-preview";
import { type Figure, figure, ratio, timed, writeResults } from "./figures";
import { applyNamespaces, type ManyPreviews, withManyPreviews } from "./many-previews";

const runs = 6;
const number = 90112;
const pull = 515;
const backendName = "myorg/backend";
const project = "preview-bench-pairs";

/** Measures what a pair adds to `preview up`, and what 40 pairs add to `preview reconcile` of 200 previews. */
async function main(): Promise<void> {
  const log = openLog("bench");
  await exclusively(async () => {
    const wasRunning = (await nodeStatus()) === "running";
    const embedded = await ensureEmbeddedDefault(log);
    Object.assign(process.env, embedded.variables, {
      TEST_EMBEDDED: JSON.stringify({ images: embedded.images, port: embedded.port }),
    });
    try {
      const figures = await withPair(async (pair) => [
        ...(await upFigures(pair)),
        ...(await withManyPreviews(previews, { project, pullRequest: number }, reconcileFigures)),
      ]);
      console.log(JSON.stringify(figures, undefined, 2));
      console.error(`written to ${await writeResults("pairs", figures)}`);
    } finally {
      await (wasRunning ? undefined : stopNode(() => undefined));
    }
  });
  log.end();
}

/** Each comes first as often as second. */
const inTurn = <Kind extends string>(run: number, one: Kind, other: Kind): Kind[] =>
  run % 2 === 0 ? [one, other] : [other, one];

/** A preview whose API another repository builds. */
interface PairedPreview {
  readonly github: GitHubStandIn;
  /** Runs `preview up` of the same images, and says by which the API's is found. */
  readonly up: (api: "from the pair" | "given") => Promise<void>;
}

async function withPair<Result>(use: (paired: PairedPreview) => Promise<Result>): Promise<Result> {
  const [github, registry, web] = [await GitHubStandIn.start(), await TestRegistry.start(), await smallImage()];
  const head = shaOf("head");
  const digest = await registry.push(web, "myorg/api", head);
  const image = `${registry.host}/myorg/api:${head}@${digest}`;
  github.repository(backendName).open(pull, { headSha: head });
  github.open(number, { body: `Depends-On: https://github.com/${backendName}/pull/${pull}` });
  const product = await smallProduct();
  const checkouts = await Checkouts.make(project, {
    ...new Preview(number).settings,
    api: { ...product.api, image: undefined },
    web: { ...product.web, image: undefined },
    repository: "myorg/orders",
    sources: { api: { repository: backendName, image: `${registry.host}/myorg/api:\${sha}` } },
  });
  const preview = new Preview(number, {}, checkouts.fresh());
  try {
    const up: PairedPreview["up"] = async (api) => {
      const given = api === "given" ? ["--api", image] : [];
      const args = ["up", String(number), "--web", web, ...given];
      const { exitCode, stderr } = await command(args, github.env, preview.project);
      if (exitCode !== 0) {
        throw new Error(stderr);
      }
    };
    return await use({ github, up });
  } finally {
    await preview.close();
    await checkouts.remove();
    await registry.stop();
    await github.stop();
  }
}

async function upFigures({ github, up }: PairedPreview): Promise<Figure[]> {
  await up("from the pair");
  const seconds = { "from the pair": [] as number[], given: [] as number[] };
  const requests = { "from the pair": [] as number[], given: [] as number[] };
  for (let run = 0; run < runs; run++) {
    for (const api of inTurn(run, "given", "from the pair")) {
      github.requests.length = 0;
      seconds[api].push(await timed(() => up(api)));
      requests[api].push(github.requests.length);
    }
  }
  const added = (by: typeof seconds) => by["from the pair"].map((value, index) => value - by.given[index]!);
  const ours = "preview up that changes nothing";
  return [
    figure(`${ours}, its API from a pair`, "s", seconds["from the pair"]),
    figure(`${ours}, the same image given`, "s", seconds.given),
    figure("what a pair adds to one preview up", "s", added(seconds), 1),
    figure("what it adds in requests to the code host", "requests", added(requests), 4),
  ];
}

const previews = 200;
const pairs = 40;

async function reconcileFigures(many: ManyPreviews): Promise<Figure[]> {
  const { github, numbers } = many;
  const paired = numbers.slice(0, pairs);
  const backend = github.repository(backendName);
  paired.forEach((one) => backend.open(one));
  const seconds = { with: [] as number[], without: [] as number[] };
  const requests = { with: [] as number[], without: [] as number[] };
  for (let run = 0; run < runs; run++) {
    for (const kind of inTurn(run, "without", "with")) {
      await applyNamespaces(paired, (one) => recordOf(one, kind === "with" ? pairOf(backend, one) : undefined));
      github.requests.length = 0;
      seconds[kind].push(await timed(many.reconciled));
      requests[kind].push(github.requests.length);
      refuseUnread(github, kind === "with");
    }
  }
  const ours = `preview reconcile --dry-run of ${previews} previews`;
  return [
    figure(`${ours} with ${pairs} pairs`, "s", seconds.with),
    figure(`${ours} without pairs`, "s", seconds.without),
    ratio(`${ours} with ${pairs} pairs, as a multiple of: without`, seconds.with, seconds.without, 1.3),
    figure(`its requests to the code host with ${pairs} pairs`, "requests", requests.with),
    figure("its requests to the code host without pairs", "requests", requests.without),
  ];
}

/** The namespaces are empty, so that the plan is to report that, whatever their pairs have come to. */
function refuseUnread({ requests }: GitHubStandIn, isPaired: boolean): void {
  if (requests.some(({ line }) => line.includes(backendName)) !== isPaired) {
    throw new Error(`the pairs have ${isPaired ? "not " : ""}been read`);
  }
}

const imageOf = (part: string, sha: string) => `registry.example.com/myorg/${part}:${sha}@sha256:${"0".repeat(64)}`;

function recordOf(one: number, pair?: Pair): Partial<LifecycleRecord> {
  const sha = shaOf(`${one}.1`);
  return { sha, images: { api: pair?.api?.image ?? imageOf("api", sha), web: imageOf("web", sha) }, pair };
}

function pairOf(backend: StandInRepository, one: number): Pair {
  const commit = backend.pullRequests.get(one)!.headSha;
  return { api: { repository: backendName, ref: { pull: one }, commit, image: imageOf("api", commit) } };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
