// The entry point of the embedded default's npm scripts, in plain JavaScript that runs on Node.js 20 or later without
// node_modules. Checks the machine, installs the packages, and runs cli.ts on the Node.js among them.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lockHolder } from "./machine-lock-holder.cjs";
import { missingPrerequisite, thisMachine } from "./prerequisites.mjs";

const checkout = join(dirname(fileURLToPath(import.meta.url)), "..");
const words = process.argv.slice(2);

const usesOwnCluster = words.some((word) => word === "--context" || word.startsWith("--context="));
const asksOnly = words.includes("--help") || words.includes("-h") || words[0] === "env";
const cleansUp = words[0] === "stop";
if (!usesOwnCluster && !asksOnly && !cleansUp) {
  const missing = missingPrerequisite(await thisMachine());
  if (missing !== undefined) {
    console.error(missing);
    process.exit(1);
  }
}
const takesLock = ["start", "stop", "test", "test:all", "bench"].includes(words[0] ?? "");
const holder = takesLock && !usesOwnCluster && !asksOnly ? lockHolder() : undefined;
if (holder !== undefined) {
  if (words.includes("--no-wait")) {
    console.error(`${holder} is running on this machine; try again once it has finished`);
    process.exit(1);
  }
  const option = words[0] === "bench" ? "" : " (--no-wait: fail at once)";
  console.error(`${holder} is running on this machine: waiting up to an hour for it to finish${option}`);
}
if (!packagesAreInstalled()) {
  console.error("Installing the npm packages (about half a minute)");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["ignore", 2, 2]);
}
const node = join(checkout, "node_modules/node/bin/node");
const entry = words[0] === "bench" ? `bench/${words[1]}.ts` : "embedded/cli.ts";
run(node, ["--require", "ts-node/register/transpile-only", join(checkout, entry), ...words], "inherit");

/** Whether `npm ci` has finished since the lock file last changed. */
function packagesAreInstalled() {
  /** @param {string} file */
  const changed = (file) => statSync(join(checkout, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return changed("node_modules/.package-lock.json") >= changed("package-lock.json");
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").StdioOptions} stdio
 */
function run(command, args, stdio) {
  // Ctrl-C also reaches the child, which cleans up before it exits; this process waits for it.
  process.on("SIGINT", () => {});
  const { status, error } = spawnSync(command, args, { cwd: checkout, stdio });
  if (status !== 0) {
    if (error !== undefined) {
      console.error(`${command} could not be started: ${error.message}`);
    }
    process.exit(status ?? 1);
  }
}
