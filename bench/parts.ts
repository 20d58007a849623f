import { execa } from "execa";
import { writeFileSync } from "node:fs";
import { leavesOf, namesOf, type SettingsInput, stackFileText } from "../contract";
import { waitUntilServing } from "../clients/http/serving";
import { removeView, stackFile } from "../clients/pulumi/configuration/stack-file";
import type { PulumiContext } from "../clients/pulumi/pulumi";
import { close, ensureStack, stacks, up } from "../clients/pulumi/stacks";
import {
  checkout,
  domain,
  type EmbeddedDefault,
  embeddedDispatcher,
  embeddedSettings,
  ensureEmbeddedDefault,
  exclusively,
  nodeStatus,
  openLog,
  stopNode,
} from "../embedded";
import { beside, type Figure, figure, type Pair, ratio, timed, writeResults } from "./figures";
import { applied, gone, type Kubectl, manifestsOf, volumeOf } from "./same-objects";

const runs = 3;

/** Measures what further parts cost: the order desk with four services, and without, each beside `kubectl apply` in the same run. */
async function main(): Promise<void> {
  const log = openLog("bench");
  await exclusively(async () => {
    const wasRunning = (await nodeStatus()) === "running";
    const embedded = await ensureEmbeddedDefault(log);
    try {
      const context: PulumiContext = {
        project: checkout,
        env: embedded.variables,
        onLine: (line) => log.write(`${line}\n`),
        report: (message) => log.write(`${message}\n`),
      };
      const figures = await partFigures(context, embedded);
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

async function partFigures(context: PulumiContext, embedded: EmbeddedDefault): Promise<Figure[]> {
  const base = embeddedSettings(embedded.images, embedded.port);
  const three: Pair = { ours: [], theirs: [] };
  const seven: Pair = { ours: [], theirs: [] };
  for (let run = 0; run < runs; run++) {
    await comesUp(context, embedded, base, 80011 + 2 * run, three);
    const services = furtherParts(embedded.images.web);
    await comesUp(context, embedded, { ...base, services }, 80012 + 2 * run, seven);
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
async function comesUp(
  context: PulumiContext,
  embedded: EmbeddedDefault,
  settings: SettingsInput,
  pullRequest: number,
  pair: Pair,
): Promise<void> {
  const stack = `pr-${pullRequest}`;
  const { namespace, origin } = namesOf({ pullRequest, prefix: "", domain, port: embedded.port });
  const served = () => waitUntilServing(origin, { dispatcher: embeddedDispatcher(), report: () => undefined });
  const kubectl: Kubectl = (args, input) =>
    execa("kubectl", ["--context=preview", ...args], {
      env: embedded.variables,
      ...(input === undefined ? {} : { input }),
    });
  try {
    writeFileSync(stackFile(context, stack), stackFileText("preview", { header: {}, settings: leavesOf(settings) }));
    await ensureStack(context, stack);
    pair.ours.push(await timed(() => up(context, stack).then(served)));
    const manifests = await manifestsOf(context, stack);
    const volume = await volumeOf(kubectl, namespace);
    await close(context, stack);
    await gone(kubectl, volume);
    pair.theirs.push(await timed(() => applied(kubectl, namespace, manifests).then(served)));
  } finally {
    if ((await stacks(context)).some(({ name }) => name === stack)) {
      await close(context, stack);
    }
    removeView(context, stack);
    await kubectl(["delete", "namespace", namespace, "--ignore-not-found"]);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
