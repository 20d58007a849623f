const { readFileSync, statSync } = require("node:fs");
const { join } = require("node:path");
const { stateDir } = require("./state-dir.cjs");

/** Where the holder of the machine's lock says who it is. */
const holderFile = join(stateDir, "lock-holder.json");

/** The lock itself, whose time its holder renews every few seconds. */
const lockFolder = `${stateDir}.lock`;

/** How long a lock lasts that nobody renews, in milliseconds: its holder was killed. */
const stale = 30_000;

/** Where the one who has it doesn't say. */
const somebody = "another npm start, stop or test";

/**
 * Who has the machine's lock, as one noun: `npm test (process 123, since 16:40)`; undefined where nobody has it. In plain
 * JavaScript, so that it can be asked before the packages are installed.
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
    // It has only just begun, or is about to end.
    return somebody;
  }
}

module.exports = { holderFile, lockHolder, somebody, stale };
