import { execa } from "execa";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { annotationArguments, type LifecycleRecord, ownerLabels } from "../contract";
import { GitHubStandIn } from "../test/doubles/github";
import { kubectl } from "../test/engine/kubectl";

const owner = { project: "preview-bench", product: "orders", repository: "myorg/orders" };

/** A real preview, whose state is copied to all stacks. */
export interface Sample {
  readonly project: string;
  readonly pullRequest: number;
}

export interface ManyPreviews {
  readonly github: GitHubStandIn;
  /** The pull requests, all open. */
  readonly numbers: readonly number[];
  /** Runs a program with their backend and code host. */
  readonly run: (file: string, ...args: string[]) => Promise<{ stdout: string }>;
  /** Runs `preview reconcile --dry-run` and returns what it would do with each. */
  readonly reconciled: () => Promise<readonly { readonly action: string }[]>;
}

/**
 * Makes stacks in a separate file backend, each with the state of a real preview, and removes them whatever is done with them. Their
 * namespaces are empty; the code host is the tests' stand-in.
 */
export async function withManyPreviews<Result>(
  count: number,
  sample: Sample,
  use: (previews: ManyPreviews) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "preview-bench-"));
  const github = await GitHubStandIn.start(owner.repository);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  try {
    const env = { ...github.env, CI: "", PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE: "bench" };
    const run: ManyPreviews["run"] = (file, ...args) => execa(file, args, { cwd: folder, env });
    await makeStacks(folder, numbers, sample, run);
    await applyNamespaces(numbers, () => undefined);
    numbers.forEach((number) => github.open(number));
    const preview = join(__dirname, "../bin/preview.mjs");
    const reconciled = async () => {
      const { stdout } = await run(process.execPath, preview, "reconcile", "--dry-run", "--json");
      const { previews } = JSON.parse(stdout) as { previews: { action: string }[] };
      if (previews.length !== count) {
        throw new Error(`the plan has ${previews.length} previews`);
      }
      return previews;
    };
    return await use({ github, numbers, run, reconciled });
  } finally {
    await github.stop();
    await kubectl("delete", "namespaces", "-l", `preview-stack/project=${owner.project}`, "--ignore-not-found");
    rmSync(folder, { recursive: true });
  }
}

async function makeStacks(
  folder: string,
  numbers: readonly number[],
  sample: Sample,
  run: ManyPreviews["run"],
): Promise<void> {
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

/**
 * Makes or changes the previews' namespaces.
 *
 * @param record what each is annotated with
 */
export async function applyNamespaces(
  numbers: readonly number[],
  record: (number: number) => Partial<LifecycleRecord> | undefined,
): Promise<void> {
  const items = numbers.map((number) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: `bench-pr-${number}`,
      labels: ownerLabels({ ...owner, pullRequest: number }),
      annotations: annotationsOf(record(number) ?? {}),
    },
  }));
  await execa("kubectl", ["--context", "preview", "apply", "-f", "-"], {
    input: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  });
}

const annotationsOf = (record: Partial<LifecycleRecord>): Record<string, string> =>
  Object.fromEntries(
    annotationArguments(record)
      .map((argument) => /^([^=]+)=(.*)$/.exec(argument))
      .flatMap((match) => (match === null ? [] : [[match[1], match[2]]])),
  ) as Record<string, string>;
