// Runs in the web's pod, which can reach both Next.js and Django: repeats one request and prints each duration in seconds.
// Arguments: ORIGIN PATH COUNT PER_SECOND [UPLOAD_BYTES]. With a rate of 0, each request waits for the one before.
import { Buffer } from "node:buffer";
import http from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

const [origin, path, count, perSecond, upload = "0"] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
const body = Buffer.alloc(Number(upload));

/** Seconds from sending the first byte to reading the last. */
function ask() {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const method = body.length > 0 ? "POST" : "GET";
    // A host that Django allows, even behind the proxy.
    const headers = { Host: "api", ...(body.length > 0 && { "Content-Length": body.length }) };
    const call = http.request(`${origin}${path}`, { agent, method, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${origin}${path} answered ${answer.statusCode}`));
      answer.resume().on("end", () => resolve((performance.now() - start) / 1000));
    });
    call.on("error", reject);
    call.end(body);
  });
}

await ask();
const times = [];
const begin = performance.now();
for (let index = 0; index < Number(count); index++) {
  if (Number(perSecond) > 0) await sleep(begin + (index * 1000) / Number(perSecond) - performance.now());
  // With a rate, a request doesn't wait for the one before, like requests of independent visitors.
  const time = ask();
  times.push(Number(perSecond) > 0 ? time : await time);
}
console.log(JSON.stringify(await Promise.all(times)));
process.exit();
