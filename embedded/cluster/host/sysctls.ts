import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeDir } from "../layout";
import { writeIfChanged } from "./files";

/** Kernel settings that the kubelet changes for the whole machine, regardless of its configuration. */
const kubeletSysctls = ["vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops"];
const savedSysctls = join(nodeDir, "sysctls.json");

/** Saves the machine's kernel settings before the kubelet first changes them. */
export async function saveSysctls(): Promise<void> {
  if (existsSync(savedSysctls)) return;
  const values = await Promise.all(kubeletSysctls.map((key) => readFile(`/proc/sys/${key}`, "utf8")));
  await writeIfChanged(
    savedSysctls,
    JSON.stringify(Object.fromEntries(kubeletSysctls.map((key, i) => [key, values[i]]))),
  );
}

/** Restores the saved settings, if any. */
export async function restoreSysctls(): Promise<void> {
  if (!existsSync(savedSysctls)) return;
  const saved = JSON.parse(await readFile(savedSysctls, "utf8")) as Record<string, string>;
  for (const [key, value] of Object.entries(saved)) await writeFile(`/proc/sys/${key}`, value);
  await rm(savedSysctls);
}
