const { readFileSync, statSync } = require("node:fs");
const { join } = require("node:path");
const { stateDir } = require("./state-dir.cjs");

/** Identifies the holder of the machine's lock. */
const holderFile = join(stateDir, "lock-holder.json");

/** The lock itself. Its holder updates the modification time every few seconds. */
const lockFolder = `${stateDir}.lock`;

/** After how many milliseconds without an update the lock expires, since its holder was killed. */
const stale = 30_000;

/** The holder if it hasn't identified itself. */
const somebody = "another npm start, stop or test";

/**
 * The holder of the machine's lock: `npm test (process 123, since 16:40)`; undefined if it is free. In plain JavaScript, so that
 * it works before the packages are installed.
 *
 * @returns {string | undefined}
 */
function lockHolder() {
  const renewed = statSync(lockFolder, { throwIfNoEntry: false })?.mtimeMs;
  if (renewed === undefined || Date.now() - renewed > stale) {
    return undefined;
  }
  try {
    const { command, pid, since } = /** @type {{ command: string, pid: number, since: string }} */ (
      JSON.parse(readFileSync(holderFile, "utf8"))
    );
    return `npm ${command} (process ${pid}, since ${new Date(since).toTimeString().slice(0, 5)})`;
  } catch {
    // It has just taken the lock, or is about to release it.
    return somebody;
  }
}

module.exports = { holderFile, lockHolder, somebody, stale };
