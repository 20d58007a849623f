import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { deployed } from "../../lifecycle/inventory/deployed";
import { harmlessLines } from "../output/harmless";
import { project } from "../project";

/** The parts of a preview that have pods, by what a person calls them, with what `kubectl` calls them. */
export const parts = { api: "deployment/api", web: "deployment/web", db: "statefulset/db" } as const;
export type Part = keyof typeof parts | "migration";

export interface LogsOptions {
  readonly follow?: boolean;
  readonly tail?: string;
}

/** Shows what a part of a preview has logged. */
export async function logs(
  pullRequest: number,
  part: Part,
  { follow = false, tail = "200" }: LogsOptions,
): Promise<void> {
  const what = part === "migration" ? ["--selector=app.kubernetes.io/name=migration"] : [parts[part]];
  const args = ["logs", ...what, `--tail=${tail}`, ...(follow ? ["--follow"] : [])];
  process.exitCode = await (isObeyed() ? harmlessly : asItIs)(await placeOf(pullRequest), args);
}

/** Whether a terminal or GitHub's runner would do what the output says. */
const isObeyed = () => process.stdout.isTTY || process.env.GITHUB_ACTIONS === "true";

/** Opens a shell in a part of a preview, or runs a command there: the database's client in the database. */
export async function shell(pullRequest: number, part: keyof typeof parts, command: readonly string[]): Promise<void> {
  const words = command.length > 0 ? command : [part === "db" ? "psql" : "sh"];
  const terminal = process.stdin.isTTY ? ["--stdin", "--tty"] : ["--stdin"];
  const prefix = part === "db" ? inDatabase : [];
  process.exitCode = await asItIs(await placeOf(pullRequest), [
    "exec",
    ...terminal,
    parts[part],
    "--",
    ...prefix,
    ...words,
  ]);
}

/** So that psql, pg_dump and their like find the product's database without being told. */
const inDatabase = ["sh", "-c", 'export PGUSER="$POSTGRES_USER" PGDATABASE="$POSTGRES_DB"; exec "$@"', "sh"];

async function placeOf(pullRequest: number): Promise<string[]> {
  const { kubeContext, namespace } = await deployed(project(), pullRequest);
  return ["--context", kubeContext, "--namespace", namespace];
}

/** Every byte, in both directions. */
async function asItIs(place: readonly string[], args: readonly string[]): Promise<number> {
  const { exitCode } = await execa("kubectl", [...place, ...args], { stdio: "inherit", reject: false });
  return exitCode ?? 2;
}

async function harmlessly(place: readonly string[], args: readonly string[]): Promise<number> {
  const child = execa("kubectl", [...place, ...args], { stdin: "ignore", buffer: false, reject: false });
  await Promise.all([
    pipeline(child.stdout, harmlessLines, process.stdout, { end: false }),
    pipeline(child.stderr, harmlessLines, process.stderr, { end: false }),
  ]).catch((error: unknown) => {
    // Nobody reads on: `preview logs 1 api | head`.
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") {
      throw error;
    }
    child.kill();
  });
  const { exitCode } = await child;
  return exitCode ?? 2;
}
