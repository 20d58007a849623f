import { setTimeout as sleep } from "node:timers/promises";
import { embeddedDispatcher, ensureEmbeddedDefault, exclusively, openLog } from "../embedded";
import { waitUntilServing } from "../clients/http/serving";
import { kubectl } from "../test/engine/kubectl";
import { Preview } from "../test/engine/preview";
import { command } from "../test/faults/small-preview";
import { type Figure, figure, ratio, timed, writeResults } from "./figures";
import { reconcileFigures } from "./reconcile";

const runs = 3;
const number = 90111;

/** Measures the command `preview` on the embedded default with the reference product, and compares closing with kubectl. */
async function measure(): Promise<void> {
  const log = openLog("bench-lifecycle");
  const embedded = await ensureEmbeddedDefault(log);
  Object.assign(process.env, embedded.variables, {
    TEST_EMBEDDED: JSON.stringify({ images: embedded.images, port: embedded.port }),
  });
  const preview = new Preview(number);
  try {
    const figures = await lifeFigures(preview);
    console.log(JSON.stringify(figures, undefined, 2));
    console.error(`written to ${await writeResults("lifecycle", figures)}`);
  } finally {
    await preview.close();
    log.end();
  }
}

async function lifeFigures(preview: Preview): Promise<Figure[]> {
  const up: number[] = [];
  const asleep: number[] = [];
  const served: number[] = [];
  const awake: number[] = [];
  const scaled: number[] = [];
  const closed: number[] = [];
  const deleted: number[] = [];
  const recovered: number[] = [];
  const reconciled: Figure[] = [];
  for (let run = 0; run < runs; run++) {
    await preview.init();
    up.push(await timed(() => succeeds("up")));
    asleep.push(await timed(() => succeeds("sleep")));
    const visited = timed(() => serves(preview));
    awake.push(await timed(() => succeeds("wake")));
    served.push(await visited);
    await scale(preview.namespace, 0);
    await kubectl(
      "wait",
      "--for=delete",
      "pod",
      "--selector=app.kubernetes.io/name!=migration",
      "-n",
      preview.namespace,
    );
    scaled.push(await timed(() => scaledByHand(preview)));
    if (run === 0) {
      reconciled.push(...(await reconcileFigures({ project: "preview-test", pullRequest: number })));
    }
    closed.push(await timed(() => succeeds("close")));

    await preview.init();
    const killed = command(["up", String(number)]);
    await sleep((up[run]! / 2) * 1000);
    process.kill(-killed.pid!, "SIGKILL");
    await killed;
    recovered.push(await timed(() => succeeds("up")));

    deleted.push(await timed(() => deletedByHand(preview.namespace)));
    await succeeds("close");
  }
  const byHand = "kubectl delete namespace until the volume is gone";
  const scaling = "kubectl scale from nothing until the host serves";
  return [
    figure("preview up of a new preview until its host serves", "s", up, 40),
    figure("preview sleep", "s", asleep),
    figure("preview wake until a visitor is served", "s", served, 10),
    figure("preview wake until it ends", "s", awake),
    figure(scaling, "s", scaled),
    ratio(`preview wake until a visitor is served, as a multiple of: ${scaling}`, served, scaled),
    figure("preview close of a healthy preview until its receipt says that all is gone", "s", closed, 10),
    figure(byHand, "s", deleted),
    ratio(`preview close, as a multiple of: ${byHand}`, closed, deleted),
    figure("preview up after one that was killed half-way", "s", recovered),
    ...reconciled,
  ];
}

async function succeeds(verb: string): Promise<void> {
  const { exitCode, stderr } = await command([verb, String(number)]);
  if (exitCode !== 0) {
    throw new Error(`preview ${verb}: ${stderr}`);
  }
}

const scale = (namespace: string, replicas: number) =>
  kubectl("scale", "deployment/api", "deployment/web", "statefulset/db", `--replicas=${replicas}`, "-n", namespace);

const serves = ({ names }: Preview) =>
  waitUntilServing(names.origin, { dispatcher: embeddedDispatcher(), report: () => undefined });

async function scaledByHand(preview: Preview): Promise<void> {
  await scale(preview.namespace, 1);
  await serves(preview);
}

async function deletedByHand(namespace: string): Promise<void> {
  const volume = await kubectl("get", "pvc", "-n", namespace, "-o", "jsonpath={.items[0].spec.volumeName}");
  await kubectl("delete", "namespace", namespace);
  while ((await kubectl("get", "pv", volume, "--ignore-not-found", "-o", "name")) !== "") {
    await sleep(100);
  }
}

exclusively(measure).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
