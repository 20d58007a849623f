import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where apt keeps the files that say whence it fetches. */
export const aptFolder = "/etc/apt";

/**
 * This machine's own files of apt that lead to the packages of a release of Debian: the mirror that it uses. None if
 * it has none of its own for that release.
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

/** Whether all that the file names is Debian's own, in this release: anybody else's has a key of theirs. */
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
