import { execa } from "execa";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { checkout, type EmbeddedDefault, ensureEmbeddedDefault, ensureImage, exclusively, openLog } from "../embedded";
import { ask, eventually } from "../test/engine/http";
import { Preview } from "../test/engine/preview";
import { type Figure, figure, quantile, ratio, timed, writeResults } from "./figures";

const runs = 5;
const MiB = 2 ** 20;

/** Origins as seen from the web's pod, which generates the load. */
const origins = { proxy: "http://localhost:3000/api", django: "http://api:8000" };

/** Measures the reference product on the embedded default: its proxy compared with Django alone, its images, its start. */
async function measure(): Promise<void> {
  const log = openLog("bench-product");
  const embedded = await ensureEmbeddedDefault(log);
  Object.assign(process.env, embedded.variables, {
    TEST_EMBEDDED: JSON.stringify({ images: embedded.images, port: embedded.port }),
  });
  const context = join(checkout, "test/engine/proxy");
  const image = await ensureImage(
    { name: "api-parity", context, buildArgs: { API_IMAGE: embedded.images.api } },
    quiet,
  );
  const preview = new Preview(90110, { api: { image, settingsModule: "parity.settings" } });
  try {
    await preview.init();
    await preview.up();
    await eventually(async () => {
      if ((await ask(`${preview.names.origin}/api/parity/json/`)).status !== 200) throw new Error("it doesn't serve");
    });
    const figures = [
      ...(await latencyFigures(preview.namespace)),
      ...(await throughputFigures(preview.namespace)),
      await firstPageFigure(preview.namespace),
      ...(await imageFigures(embedded)),
    ];
    console.log(JSON.stringify(figures, undefined, 2));
    console.error(`written to ${await writeResults("product", figures)}`);
  } finally {
    await preview.close();
    log.end();
  }
}

const quiet = () => undefined;

/** 1 KB of JSON, 500 requests per run at 50 per second, alternately through the proxy and directly. */
async function latencyFigures(namespace: string): Promise<Figure[]> {
  const p50: number[] = [];
  const p99: number[] = [];
  const direct: number[] = [];
  const load = (origin: string) =>
    inWeb(namespace, "load.mjs", origin, "/parity/json/", "500", "50") as Promise<number[]>;
  for (let run = 0; run < runs; run++) {
    const django = await load(origins.django);
    const proxy = await load(origins.proxy);
    const added = (share: number) => (quantile(proxy, share) - quantile(django, share)) * 1000;
    p50.push(added(0.5));
    p99.push(added(0.99));
    direct.push(quantile(django, 0.5) * 1000);
  }
  const what = "a 1 KB JSON answer at 50 requests/s";
  return [
    figure(`p50 that the proxy adds to ${what}`, "ms", p50, 3),
    figure(`p99 that the proxy adds to ${what}`, "ms", p99),
    figure(`p50 of Django directly, ${what}`, "ms", direct),
  ];
}

/** Seconds for 50 MB, five times per run, alternately through the proxy and directly. */
async function throughputFigures(namespace: string): Promise<Figure[]> {
  const size = 50 * MiB;
  const ways = {
    down: [`/parity/file/?size=${size}`, "5", "0"],
    up: ["/parity/read/", "5", "0", String(size)],
  };
  const figures: Figure[] = [];
  for (const [way, words] of Object.entries(ways)) {
    const proxy: number[] = [];
    const django: number[] = [];
    for (let run = 0; run < runs; run++) {
      django.push(...((await inWeb(namespace, "load.mjs", origins.django, ...words)) as number[]));
      proxy.push(...((await inWeb(namespace, "load.mjs", origins.proxy, ...words)) as number[]));
    }
    figures.push(
      figure(`50 MB ${way} through the proxy`, "s", proxy),
      figure(`50 MB ${way}, Django directly`, "s", django),
      // 1 / 0.85: at least 85 % of the throughput.
      ratio(`50 MB ${way} through the proxy, as a multiple of: Django directly`, proxy, django, 1.18),
    );
  }
  return figures;
}

async function firstPageFigure(namespace: string): Promise<Figure> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    times.push((await inWeb(namespace, "first-page.mjs")) as number);
  }
  return figure("start of the web's server until its first page, rendered with Django's data", "s", times, 2);
}

/** The images' sizes as the node reports them, and the time to rebuild and import them with cached base images and packages. */
async function imageFigures({ images }: EmbeddedDefault): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, folder] of [
    ["api", "backend"],
    ["web", "frontend"],
  ] as const) {
    const context = join(checkout, "examples/order-desk", folder);
    const build = await timed(() => ensureImage({ name, context, buildArgs: { BUILD: randomUUID() } }, quiet));
    figures.push(
      figure(`size of the image ${name}`, "MiB", [(await imageSize(images[name])) / MiB]),
      figure(`build of the image ${name} until the node has it, its bases and packages at hand`, "s", [build]),
    );
  }
  return figures;
}

async function imageSize(reference: string): Promise<number> {
  const { stdout } = await execa("kubectl", ["--context=preview", "get", "nodes", "--output=json"]);
  const { items } = JSON.parse(stdout) as {
    items: { status: { images: { names: string[]; sizeBytes: number }[] } }[];
  };
  const image = items.flatMap(({ status }) => status.images).find(({ names }) => names.includes(reference));
  if (image === undefined) throw new Error(`the node doesn't report ${reference}`);
  return image.sizeBytes;
}

/** Runs a script from `in-web/` in the web's pod, and resolves to the JSON that it prints. */
async function inWeb(namespace: string, script: string, ...words: readonly string[]): Promise<unknown> {
  const { stdout } = await execa(
    "kubectl",
    [
      "--context=preview",
      "exec",
      "-i",
      "-n",
      namespace,
      "deployment/web",
      "--",
      "node",
      "--input-type=module",
      "-",
      ...words,
    ],
    { inputFile: join(__dirname, "in-web", script) },
  );
  return JSON.parse(stdout) as unknown;
}

exclusively(measure).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
