import { execa } from "execa";

/** Runs kubectl as the cluster's admin and returns what it prints. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  const { stdout } = await execa("kubectl", ["--context=preview", ...args]);
  return stdout;
}

/** Applies objects as the cluster's admin. */
export async function apply(objects: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await execa("kubectl", ["--context=preview", "apply", "--filename=-"], { input });
}

/** The names of the objects of a kind, in a namespace or in all. */
export async function names(kind: string, ...args: readonly string[]): Promise<string[]> {
  const output = await kubectl("get", kind, "--output=name", "--ignore-not-found", ...args);
  return output.split("\n").filter((name) => name !== "");
}

/** The result of a query in a preview's database, one row per line. */
export async function query(namespace: string, sql: string): Promise<string> {
  const psql = ["psql", "--host=127.0.0.1", "--username=app", "--dbname=app_preview", "--tuples-only", "--no-align"];
  const command = ["sh", "-c", 'PGPASSWORD=$POSTGRES_PASSWORD exec "$0" "$@"', ...psql, "--command", sql];
  return kubectl("exec", "--namespace", namespace, "db-0", "--", ...command);
}
