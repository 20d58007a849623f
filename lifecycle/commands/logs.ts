import { execa } from "execa";
import { deployed } from "../deployed";
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
  await interactively(pullRequest, ["logs", ...what, `--tail=${tail}`, ...(follow ? ["--follow"] : [])]);
}

/** Opens a shell in a part of a preview, or runs a command there: the database's client in the database. */
export async function shell(pullRequest: number, part: keyof typeof parts, command: readonly string[]): Promise<void> {
  const words = command.length > 0 ? command : [part === "db" ? "psql" : "sh"];
  const terminal = process.stdin.isTTY ? ["--stdin", "--tty"] : ["--stdin"];
  const prefix = part === "db" ? inDatabase : [];
  await interactively(pullRequest, ["exec", ...terminal, parts[part], "--", ...prefix, ...words]);
}

/** So that psql, pg_dump and their like find the product's database without being told. */
const inDatabase = ["sh", "-c", 'export PGUSER="$POSTGRES_USER" PGDATABASE="$POSTGRES_DB"; exec "$@"', "sh"];

async function interactively(pullRequest: number, args: readonly string[]): Promise<void> {
  const { kubeContext, namespace } = await deployed(project(), pullRequest);
  const place = ["--context", kubeContext, "--namespace", namespace];
  const { exitCode } = await execa("kubectl", [...place, ...args], { stdio: "inherit", reject: false });
  process.exitCode = exitCode ?? 2;
}
