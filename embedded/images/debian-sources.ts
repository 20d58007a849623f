import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The folder of apt's source lists. */
export const aptFolder = "/etc/apt";

/**
 * This machine's apt source lists for a Debian release, so that builds use the same mirror. Empty if it has none for that
 * release.
 */
export async function debianSources(suite: string): Promise<string[]> {
  const folder = join(aptFolder, "sources.list.d");
  const names = (await readdir(folder).catch(() => [])).sort();
  const usable: string[] = [];
  for (const file of [join(aptFolder, "sources.list"), ...names.map((name) => join(folder, name))]) {
    if (isDebian(file, await readFile(file, "utf8").catch(() => ""), suite)) usable.push(file);
  }
  return usable;
}

/** Whether a file lists only Debian's own sources of this release. Third-party sources have other keys. */
export function isDebian(file: string, text: string, suite: string): boolean {
  const lines = text.replace(/^\s*#.*$/gm, "");
  const isDeb822 = file.endsWith(".sources");
  if (!isDeb822 && !file.endsWith(".list")) return false;
  const suites = isDeb822
    ? [...lines.matchAll(/^Suites:(.*)$/gim)].flatMap((match) => (match[1] ?? "").trim().split(/\s+/))
    : [...lines.matchAll(/^\s*deb\s+(?:\[[^\]]*\]\s+)?\S+\s+(\S+)/gm)].map((match) => match[1] ?? "");
  const keys = [...lines.matchAll(/signed-by\s*[:=]\s*([^\s\]]*)/gi)].map((match) => match[1] ?? "");
  const own = ["", "-updates", "-security", "-backports"].map((pocket) => suite + pocket);
  return (
    suites.length > 0 &&
    suites.every((name) => own.includes(name)) &&
    /\bmain\b/.test(lines) &&
    keys.every((key) => key.startsWith("/usr/share/keyrings/debian-archive-"))
  );
}
