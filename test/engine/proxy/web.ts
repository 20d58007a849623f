import { execa } from "execa";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { kubectl } from "../kubectl";

/** Memory of the web's process in MiB: now, and the most since {@link forgetPeak}. */
export async function memoryOfWeb(namespace: string): Promise<{ now: number; peak: number }> {
  const status = await inWeb(namespace, "cat", "/proc/1/status");
  const mebibytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  return { now: mebibytes("VmRSS"), peak: mebibytes("VmHWM") };
}

export async function forgetPeak(namespace: string): Promise<void> {
  await inWeb(namespace, "sh", "-c", "echo 5 > /proc/1/clear_refs");
}

/**
 * Begins to upload more than Django takes to the web, some times, and counts the statuses that came back after 5 MB. In its
 * own pod: an ingress controller written in Go sometimes drops such an answer itself.
 */
export async function refusedUploads(namespace: string, path: string, times: number): Promise<Record<string, number>> {
  const script = `
    const { request } = require("node:http");
    const body = Buffer.alloc(5 * 2 ** 20);
    const headers = { Host: "api", "Content-Length": 62 * 2 ** 20 };
    const upload = () => new Promise((resolve) => {
      const call = request({ port: 3000, path: process.argv[1], method: "POST", headers });
      call.on("response", (answer) => {
        answer.resume().on("end", () => {
          resolve(answer.statusCode);
          call.destroy();
        });
      });
      call.on("error", ({ code }) => resolve(code));
      call.write(body);
    });
    (async () => {
      const counts = {};
      for (let time = 0; time < Number(process.argv[2]); time++) {
        const status = await upload();
        counts[status] = (counts[status] ?? 0) + 1;
      }
      console.log(JSON.stringify(counts));
    })();`;
  return JSON.parse(await inWeb(namespace, "node", "-e", script, path, String(times))) as Record<string, number>;
}

function inWeb(namespace: string, ...command: readonly string[]): Promise<string> {
  return kubectl("exec", "--namespace", namespace, "deployment/web", "--", ...command);
}

/** Forwards a port to a workload, past the ingress, and resolves to its origin on loopback. */
export async function forwardPort(namespace: string, target: string, port: number) {
  const forwarding = execa(
    "kubectl",
    ["--context=preview", "port-forward", "--namespace", namespace, target, `:${port}`],
    { buffer: false, reject: false },
  );
  const [line] = (await once(createInterface(forwarding.stdout), "line")) as [string];
  const local = /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
  if (local === undefined) {
    throw new Error(`kubectl port-forward said: ${line}`);
  }
  return { origin: `http://127.0.0.1:${local}`, stop: () => void forwarding.kill() };
}
