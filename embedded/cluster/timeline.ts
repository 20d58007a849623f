import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { logDir } from "../paths";

export interface Timeline {
  /** Records a step, with the seconds since the start. */
  mark(what: string): void;
}

/** Records the times of a start's steps in `node.log` in the log folder. */
export function startTimeline(): Timeline {
  const begin = process.hrtime.bigint();
  mkdirSync(logDir, { recursive: true });
  const write = (line: string): void => appendFileSync(join(logDir, "node.log"), `${line}\n`);
  write(`${new Date().toISOString()} start`);
  return {
    mark: (what) => write(`${(Number(process.hrtime.bigint() - begin) / 1e9).toFixed(1).padStart(6)} s ${what}`),
  };
}
