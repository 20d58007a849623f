import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../contract";
import { stateDir } from "./paths";

const file = join(stateDir, "port");
const usual = 8443;

/** The public port of this machine's node: the one it was first started with, otherwise 8443. */
export function nodePort(): number {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return usual;
  }
}

/**
 * Saves the port of this machine's node. It is part of every preview's origin, so it can't change while the node is running.
 */
export function keepPort(port: number, isRunning: boolean): void {
  if (isRunning && port !== nodePort()) {
    throw new UserError(
      `--port: the node is running with port ${nodePort()}, which is part of every preview's URL; got ${port}. Run npm stop first`,
    );
  }
  writeFileSync(file, String(port));
}

/** Lets the next node have another port, once no preview is left. */
export function forgetPort(): void {
  rmSync(file, { force: true });
}
