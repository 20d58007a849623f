import { setTimeout as sleep } from "node:timers/promises";
import { close, up } from "../clients/pulumi/stacks";
import {
  type EmbeddedDefault,
  embeddedSettings,
  ensureEmbeddedDefault,
  exclusively,
  nodeStatus,
  openLog,
  startNode,
  stopNode,
} from "../embedded";
import { beside, type Figure, figure, type Pair, ratio, timed, writeResults } from "./figures";
import { gateCost } from "./gate";
import { memoryOfPods } from "./memory";
import { type Site, siteOf, withPreview } from "./one-preview";
import { programStart } from "./program-start";
import { applied, gone, manifestsOf, volumeOf } from "./same-objects";

const runs = 3;

/** Measures a preview's life cycle on the embedded default, and compares it with the same work done by kubectl alone. */
async function main(): Promise<void> {
  const log = openLog("bench");
  await exclusively(async () => {
    if ((await nodeStatus()) === "running") {
      throw new Error("the node is running; run npm stop first, since its boot is measured too");
    }
    const embedded = await ensureEmbeddedDefault(log);
    try {
      const figures = [...(await previewFigures(siteOf(embedded, log))), ...(await bootFigures(embedded))];
      console.log(JSON.stringify(figures, undefined, 2));
      console.error(`written to ${await writeResults("start", figures)}`);
    } finally {
      await stopNode(() => undefined);
    }
  });
  log.end();
}

/** Boots an empty cluster with existing images until its add-ons and the public port serve, which is later than Ready. */
async function bootFigures({ programs, port }: EmbeddedDefault): Promise<Figure[]> {
  const report = () => undefined;
  const boots: number[] = [];
  for (let run = 0; run < runs; run++) {
    await stopNode(report);
    boots.push(await timed(() => startNode({ nodeBin: programs.node, traefikBin: programs.traefik, port, report })));
  }
  return [figure("node boot to Ready and to add-ons and public port that serve", "s", boots, 20)];
}

async function previewFigures(site: Site): Promise<Figure[]> {
  const { embedded, context, kubectl } = site;
  const settings = embeddedSettings(embedded.images, embedded.port);
  const created: Pair = { ours: [], theirs: [] };
  const unchanged: Pair = { ours: [], theirs: [] };
  const destroyed: Pair = { ours: [], theirs: [] };
  const programStarts: number[] = [];
  const memory: number[] = [];
  const gates: Pair = { ours: [], theirs: [] };

  for (let run = 0; run < runs; run++) {
    await withPreview(site, 80001 + run, settings, async ({ stack, namespace, served }) => {
      created.ours.push(
        await timed(async () => {
          await up(context, stack);
          await served();
        }),
      );
      unchanged.ours.push(await timed(() => up(context, stack)));
      programStarts.push(await programStart(context, stack));
      await sleep(15_000);
      memory.push(await memoryOfPods(kubectl, namespace));
      const manifests = await manifestsOf(context, stack);
      const volume = await volumeOf(kubectl, namespace);
      destroyed.ours.push(
        await timed(async () => {
          await close(context, stack);
          await gone(kubectl, volume);
        }),
      );
      created.theirs.push(
        await timed(async () => {
          await applied(kubectl, namespace, manifests);
          await served();
        }),
      );
      unchanged.theirs.push(await timed(() => kubectl(["apply", "--filename=-"], manifests)));
      const cost = await gateCost(kubectl, manifests);
      gates.ours.push(cost.with);
      gates.theirs.push(cost.without);
      const theirVolume = await volumeOf(kubectl, namespace);
      destroyed.theirs.push(
        await timed(async () => {
          await kubectl(["delete", "namespace", namespace]);
          await gone(kubectl, theirVolume);
        }),
      );
    });
  }
  return [
    ...beside("pulumi up of a new preview until its host serves", created, 40, "kubectl apply and wait"),
    ...beside("pulumi up --skip-preview with nothing to change", unchanged, 4, "kubectl apply with nothing to change"),
    ...beside(
      "pulumi destroy until the volume is gone",
      destroyed,
      15,
      "kubectl delete namespace until the volume is gone",
    ),
    figure("the program's own start-up, spawn to last resource registered", "s", programStarts, 1.2),
    figure("memory of one idle preview", "MiB", memory, 500),
    figure("a pod that does nothing, with its gate", "s", gates.ours),
    figure("the same pod without its gate", "s", gates.theirs),
    ratio("a pod that does nothing, as a multiple of: the same without its gate", gates.ours, gates.theirs),
  ];
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
