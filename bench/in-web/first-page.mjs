// Runs in the web's pod: starts a second server, and prints how many seconds it takes to serve its first page.
import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

const port = 3999;
const start = performance.now();
const server = spawn("node", ["server.js"], { env: { ...process.env, PORT: String(port) }, stdio: "ignore" });
for (;;) {
  const page = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
  if (page?.ok && (await page.text()).includes("</html>")) break;
  await sleep(5);
}
console.log((performance.now() - start) / 1000);
server.kill();
