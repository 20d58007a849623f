import { execa } from "execa";
import { once } from "node:events";
import { join } from "node:path";
import { Pool } from "undici";
import { UserError } from "../../contract";
import { causeOf } from "../process/cause";
import { inTemporaryFolder } from "../process/temporary-folder";

/** Asks the API server for a path, `/api/v1/namespaces/pr-1/pods`. */
export type Get = (path: string) => Promise<unknown>;

/** How long an answer may take once it is its turn. */
const timeoutMs = 15_000;

/**
 * Reads much from a cluster with one login: `kubectl proxy` logs in, whichever way the kubeconfig says, and listens on a
 * socket that nobody else can open. A `kubectl` for each question would take most of its time to start.
 *
 * @param paths all that may be read, a regular expression
 * @throws UserError where there is no such context; of a question, where the cluster refuses or can't be reached
 */
export async function reading<Result>(
  kubeContext: string,
  paths: string,
  action: (get: Get) => Promise<Result>,
): Promise<Result> {
  return inTemporaryFolder("preview-stack-api-", (folder) => throughProxy(kubeContext, paths, folder, action));
}

async function throughProxy<Result>(
  kubeContext: string,
  paths: string,
  folder: string,
  action: (get: Get) => Promise<Result>,
): Promise<Result> {
  const socketPath = join(folder, "socket");
  const only = [`--accept-paths=${paths}`, "--reject-methods=^(POST|PUT|PATCH|DELETE)$"];
  const proxy = execa("kubectl", ["--context", kubeContext, "proxy", `--unix-socket=${socketPath}`, ...only], {
    stdin: "ignore",
    reject: false,
  });
  const pool = new Pool("http://localhost", {
    socketPath,
    connections: 8,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  try {
    // It says where it listens, or ends.
    const ended = await Promise.race([once(proxy.stdout, "data").then(() => undefined), proxy]);
    if (ended !== undefined) {
      throw new UserError(`kubectl proxy: ${ended.stderr || causeOf("kubectl", ended)}`);
    }
    return await action((path) => get(pool, path));
  } finally {
    await pool.close();
    proxy.kill();
    await proxy;
  }
}

async function get(pool: Pool, path: string): Promise<unknown> {
  const { statusCode, body } = await pool.request({ method: "GET", path });
  const text = await body.text();
  if (statusCode !== 200) {
    throw new UserError(`the cluster answers ${statusCode}: ${reasonIn(text)}`);
  }
  return JSON.parse(text);
}

/** The API server says it in JSON, the proxy in words. */
function reasonIn(text: string): string {
  try {
    return (JSON.parse(text) as { message: string }).message;
  } catch {
    return text.trim();
  }
}
