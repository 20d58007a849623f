import { execa } from "execa";
import { once } from "node:events";
import { join } from "node:path";
import { Pool } from "undici";
import { UserError } from "../../contract";
import { causeOf } from "../process/cause";
import { inTemporaryFolder } from "../process/temporary-folder";

/** Gets a path from the API server, such as `/api/v1/namespaces/pr-1/pods`. */
export type Get = (path: string) => Promise<unknown>;

/** How long an answer may take, without the time in the queue. */
const timeoutMs = 15_000;

/**
 * Reads from a cluster through `kubectl proxy`, which authenticates once, as the kubeconfig says, and listens on a socket that only
 * this user can open. One `kubectl` per request would spend most of its time starting.
 *
 * @param paths a regular expression for the paths that may be read
 * @throws UserError if there is no such context; from `get`, if the cluster refuses or can't be reached
 */
export async function withApiProxy<Result>(
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
    // It prints where it listens, or ends.
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

/** The API server answers in JSON, the proxy in plain text. */
function reasonIn(text: string): string {
  try {
    return (JSON.parse(text) as { message: string }).message;
  } catch {
    return text.trim();
  }
}
