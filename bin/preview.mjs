#!/usr/bin/env node
// The command `preview`, in TypeScript without a build step, like the Pulumi program.
import { createRequire } from "node:module";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`preview needs Node.js 22.19 or later; this is ${process.version}.`);
  console.error('With the embedded default, eval "$(npm run -s env)" puts one on PATH.');
  process.exit(2);
}
const require = createRequire(import.meta.url);
require("ts-node").register({ transpileOnly: true, cwd: import.meta.dirname });
require("../cli/main.ts");
