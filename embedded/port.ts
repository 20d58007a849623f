import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../contract";
import { stateDir } from "./paths";

const file = join(stateDir, "port");
const usual = 8443;

/** The public port of this machine's node: the one that it was first started with, else 8443. */
export function nodePort(): number {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return usual;
  }
}

/**
 * Keeps a port as that of this machine's node. The port is in every preview's origin, so it stays the same while the
 * node runs.
 */
export function keepPort(port: number, isRunning: boolean): void {
  if (isRunning && port !== nodePort()) {
    throw new UserError(
      `--port: the node runs with port ${nodePort()}, which is in the URL of every preview; got ${port}. Run npm stop first`,
    );
  }
  writeFileSync(file, String(port));
}

/** The next node may have another port: no preview is left whose URL it is in. */
export function forgetPort(): void {
  rmSync(file, { force: true });
}
