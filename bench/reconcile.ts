import { execa } from "execa";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { ownerLabels } from "../contract";
import { GitHubStandIn } from "../test/doubles/github";
import { kubectl } from "../test/engine/kubectl";
import { type Figure, figure, ratio, timed } from "./figures";

const previews = 200;
const closed = 10;
const runs = 3;
const owner = { project: "preview-bench", product: "orders", repository: "myorg/orders" };
const numbers = Array.from({ length: previews }, (_, index) => index + 1);

/** A real preview, whose state is copied to all stacks. */
export interface Sample {
  readonly project: string;
  readonly pullRequest: number;
}

/**
 * Measures `preview reconcile` for 200 stacks in a separate file backend, each with the state of a real preview, and compares it
 * with the two lists that it can't do without. The namespaces are empty; the code host is the tests' stand-in.
 */
export async function reconcileFigures(sample: Sample): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "preview-bench-"));
  const github = await GitHubStandIn.start(owner.repository);
  try {
    const env = { ...github.env, CI: "", PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE: "bench" };
    const run = (file: string, ...args: string[]) => execa(file, args, { cwd: folder, env });
    await makeStacks(folder, sample, run);
    await makeNamespaces();
    numbers.forEach((number) => github.open(number));
    numbers.slice(-closed).forEach((number) => github.close(number));

    const reconciled: number[] = [];
    const listed: number[] = [];
    const shown: number[] = [];
    const requests: number[] = [];
    for (let turn = 0; turn < runs; turn++) {
      github.requests.length = 0;
      reconciled.push(await timed(() => plansClosings(run)));
      requests.push(github.requests.length);
      shown.push(await timed(() => showsAll(run)));
      listed.push(
        await timed(async () => {
          await run("pulumi", "stack", "ls", "--json");
          await kubectl("get", "namespaces", "-o", "json");
        }),
      );
    }
    const ours = `preview reconcile --dry-run of ${previews} stacks, ${closed} of them to be closed`;
    const lists = "pulumi stack ls, then kubectl get namespaces";
    return [
      figure(ours, "s", reconciled, 20),
      figure(lists, "s", listed),
      ratio(`${ours}, as a multiple of: ${lists}`, reconciled, listed),
      figure("its requests to the code host", "requests", requests, previews / 50 + closed),
      figure(`preview status of ${previews} previews`, "s", shown),
      ratio(`preview status of ${previews} previews, as a multiple of: ${lists}`, shown, listed),
    ];
  } finally {
    await github.stop();
    await kubectl("delete", "namespaces", "-l", `preview-stack/project=${owner.project}`, "--ignore-not-found");
    rmSync(folder, { recursive: true });
  }
}

type Run = (file: string, ...args: string[]) => Promise<{ stdout: string }>;

async function plansClosings(run: Run): Promise<void> {
  const preview = join(__dirname, "../bin/preview.mjs");
  const { stdout } = await run(process.execPath, preview, "reconcile", "--dry-run", "--json");
  const plan = JSON.parse(stdout) as { previews: { action: string }[] };
  const closings = plan.previews.filter(({ action }) => action === "close").length;
  if (plan.previews.length !== previews || closings !== closed) {
    throw new Error(`the plan has ${plan.previews.length} previews and ${closings} closings`);
  }
}

async function showsAll(run: Run): Promise<void> {
  const { stdout } = await run(process.execPath, join(__dirname, "../bin/preview.mjs"), "status", "--json");
  const shown = (JSON.parse(stdout) as { previews: object[] }).previews.length;
  if (shown !== previews) {
    throw new Error(`status shows ${shown} previews`);
  }
}

async function makeStacks(folder: string, sample: Sample, run: Run): Promise<void> {
  const stack = `pr-${sample.pullRequest}`;
  const backend = new URL(process.env.PULUMI_BACKEND_URL!).pathname;
  const state = readFileSync(join(backend, ".pulumi/stacks", sample.project, `${stack}.json`), "utf8");
  writeFileSync(join(folder, "Pulumi.yaml"), stringify({ name: owner.project, runtime: "nodejs" }));
  await run("pulumi", "stack", "init", "preview");
  const settings = { kubeContext: "preview", domain: "bench.localhost", prefix: "bench", ...owner };
  for (const [name, value] of Object.entries(settings).filter(([key]) => key !== "project")) {
    await run("pulumi", "config", "set", "--stack", "preview", name, value);
  }
  for (const number of numbers) {
    const own = state.replaceAll(stack, `pr-${number}`).replaceAll(sample.project, owner.project);
    writeFileSync(join(folder, ".pulumi/stacks", owner.project, `pr-${number}.json`), own);
  }
}

async function makeNamespaces(): Promise<void> {
  const items = numbers.map((number) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: `bench-pr-${number}`, labels: ownerLabels({ ...owner, pullRequest: number }) },
  }));
  await execa("kubectl", ["--context", "preview", "apply", "-f", "-"], {
    input: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  });
}
