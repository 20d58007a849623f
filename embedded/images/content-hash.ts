import { createHash } from "node:crypto";
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { join } from "node:path";

/** Decides which files of a build context are ignored. */
export interface IgnoreRules {
  readonly ignores: (path: string) => boolean;
  /** Whether a rule may include files again in an ignored folder. */
  readonly hasExceptions: boolean;
}

/** Parses a `.dockerignore`. The last pattern that matches a path or one of its parents decides. */
export function parseDockerignore(text: string): IgnoreRules {
  const rules = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const isException = line.startsWith("!");
      const pattern = (isException ? line.slice(1) : line).trim().replace(/^\/+|\/+$/g, "");
      return { isException, matches: compile(pattern) };
    });
  return {
    ignores: (path) => rules.reduce((ignored, rule) => (rule.matches.test(path) ? !rule.isException : ignored), false),
    hasExceptions: rules.some((rule) => rule.isException),
  };
}

/** `*` and `?` match within one name, `**` any number of folders. Everything below a match matches too. */
function compile(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|\\]/g, (token) => {
    if (token === "**/") return "(?:.*/)?";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    return `\\${token}`;
  });
  return new RegExp(`^${source}(?:/.*)?$`);
}

/**
 * A hash of an image's inputs: the Dockerfile, the files that it can copy, and `parts`, such as the references of its base
 * images. It has 40 hexadecimal digits, like a commit, so that it can be used as one.
 */
export async function hashContext(context: string, parts: readonly string[] = []): Promise<string> {
  const hash = createHash("sha256");
  const add = (...values: (string | Buffer)[]): void => {
    // Lengths separate the values unambiguously.
    for (const value of values) hash.update(`${value.length}:`).update(value);
  };
  add(...parts, await readFile(join(context, "Dockerfile")));
  const rules = parseDockerignore(await readFile(join(context, ".dockerignore"), "utf8").catch(() => ""));

  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(join(context, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      const ignored = rules.ignores(path);
      if (entry.isDirectory()) {
        if (!ignored || rules.hasExceptions) await visit(path);
      } else if (!ignored && entry.isSymbolicLink()) {
        add(path, "link", await readlink(join(context, path)));
      } else if (!ignored && entry.isFile()) {
        const { mode } = await stat(join(context, path));
        add(path, mode & 0o100 ? "program" : "file", await readFile(join(context, path)));
      }
    }
  };
  await visit("");
  return hash.digest("hex").slice(0, 40);
}
