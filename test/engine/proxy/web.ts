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

function inWeb(namespace: string, ...command: readonly string[]): Promise<string> {
  return kubectl("exec", "--namespace", namespace, "deployment/web", "--", ...command);
}

/** Opens a way to a workload past the ingress, and resolves to its origin on loopback. */
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
