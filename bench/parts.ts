import type { SettingsInput } from "../contract";
import { close, up } from "../clients/pulumi/stacks";
import { embeddedSettings, ensureEmbeddedDefault, exclusively, nodeStatus, openLog, stopNode } from "../embedded";
import { beside, type Figure, figure, type Pair, ratio, timed, writeResults } from "./figures";
import { type Site, siteOf, withPreview } from "./one-preview";
import { applied, gone, manifestsOf, volumeOf } from "./same-objects";

const runs = 3;

/** Measures what further parts cost: the order desk with four services, and without, each beside `kubectl apply` in the same run. */
async function main(): Promise<void> {
  const log = openLog("bench");
  await exclusively(async () => {
    const wasRunning = (await nodeStatus()) === "running";
    const embedded = await ensureEmbeddedDefault(log);
    try {
      const figures = await partFigures(siteOf(embedded, log));
      console.log(JSON.stringify(figures, undefined, 2));
      console.error(`written to ${await writeResults("parts", figures)}`);
    } finally {
      await (wasRunning ? undefined : stopNode(() => undefined));
    }
  });
  log.end();
}

/** Two that run the API's image in the background, and two of their own image that listen. */
function furtherParts(webImage: string): NonNullable<SettingsInput["services"]> {
  const waits = ["python3", "-c", "import signal; signal.sigwait([signal.SIGTERM])"];
  const listens = (...ports: number[]) => [
    "node",
    "--eval",
    `${JSON.stringify(ports)}.forEach((port) => require("node:net").createServer().listen(port));
     process.on("SIGTERM", () => process.exit())`,
  ];
  return {
    redis: { image: webImage, command: listens(6379), port: 6379, uid: 999 },
    worker: { from: "api", command: waits, dependsOn: ["redis"] },
    beat: { from: "api", command: waits, dependsOn: ["redis"], single: true },
    mail: { image: webImage, command: listens(8025, 1025), ports: { http: 8025, smtp: 1025 }, uid: 1000 },
  };
}

async function partFigures(site: Site): Promise<Figure[]> {
  const { images, port } = site.embedded;
  const base = embeddedSettings(images, port);
  const three: Pair = { ours: [], theirs: [] };
  const seven: Pair = { ours: [], theirs: [] };
  for (let run = 0; run < runs; run++) {
    await comesUp(site, base, 80011 + 2 * run, three);
    await comesUp(site, { ...base, services: furtherParts(images.web) }, 80012 + 2 * run, seven);
  }
  const ratios = three.ours.map((value, index) => value / three.theirs[index]!);
  const goal = figure("", "ratio", ratios).median;
  const name = "pulumi up of seven parts until its host serves";
  const other = "kubectl apply of the same seven parts and wait";
  return [
    ...beside(
      "pulumi up of three parts until its host serves",
      three,
      null,
      "kubectl apply of the same three parts and wait",
    ),
    ...beside(name, seven, null, other).slice(0, 2),
    ratio(`${name}, as a multiple of: ${other}; at most as of three parts`, seven.ours, seven.theirs, goal),
  ];
}

/** Times a new preview by the program, and the same objects by kubectl. */
async function comesUp(site: Site, settings: SettingsInput, pullRequest: number, pair: Pair): Promise<void> {
  const { context, kubectl } = site;
  await withPreview(site, pullRequest, settings, async ({ stack, namespace, served }) => {
    pair.ours.push(await timed(() => up(context, stack).then(served)));
    const manifests = await manifestsOf(context, stack);
    const volume = await volumeOf(kubectl, namespace);
    await close(context, stack);
    await gone(kubectl, volume);
    pair.theirs.push(await timed(() => applied(kubectl, namespace, manifests).then(served)));
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
