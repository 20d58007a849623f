import { mkdirSync } from "node:fs";
import { lock } from "proper-lockfile";
import { UserError } from "../contract";
import { stateDir } from "./paths";

/** Runs something while no other start, stop or test of this machine does. Two clones share one node. */
export async function exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const release = await lock(stateDir, {
    stale: 30_000,
    update: 5_000,
    retries: { retries: 3, minTimeout: 300 },
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ELOCKED"
      ? new UserError("another npm start, stop or test is at work on this machine; try again when it has ended")
      : error;
  });
  try {
    return await work();
  } finally {
    await release();
  }
}
