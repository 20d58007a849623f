import assert from "node:assert/strict";
import fc from "fast-check";
import { type Dependency, isSameRepository, type Source, UserError } from "../../contract";

/** What strangers write where a pair is asked for, and what may come of it. */

export const backend: Source = {
  repository: "myorg/backend",
  branch: "main",
  images: { api: "ghcr.io/myorg/api:${sha}", collab: "ghcr.io/myorg/collab:${sha}" },
};
export const worker: Source = {
  repository: "myorg/worker",
  branch: "main",
  images: { worker: "ghcr.io/myorg/worker:${sha}" },
};
export const sources = [backend, worker];

export const sha = "4f5c2d1".padEnd(40, "0");

const hexadecimal = fc.constantFrom(..."0123456789abcdef");
export const commit = fc.string({ unit: hexadecimal, minLength: 40, maxLength: 40 });
export const numbers = fc.integer({ min: 1, max: 999_999_999 });
export const names = fc.constantFrom("main", "v1.2", "feature/a-b", "release@2026", "1.10");
export const repository = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,10}\/[A-Za-z0-9_][A-Za-z0-9._-]{0,10}$/);

const pieces = [
  ...[
    "api",
    "worker",
    "myorg/backend",
    "#",
    "515",
    "@",
    "a".repeat(40),
    ":",
    " ",
    "\n",
    "\r\n",
    "{",
    "}",
    "pull",
    "tag",
    "branch",
  ],
  ...[
    "commit",
    "&a",
    "*a",
    "<<",
    "!!str",
    "- ",
    "?",
    "[",
    "]",
    "'",
    '"',
    "---",
    "...",
    "|",
    ">",
    "%YAML 1.1",
    "__proto__",
    "\t",
  ],
  ...["Depends-On: ", "https://github.com/", "myorg/backend/pull/515", "/", "```", "~~~", "<!--", "-->", "`"],
  ...["\u0000", "\u001b[2J", "\u202e", "\u2028", "\u200b", "\ud800", "\u0085", "\ufeff", "::error::", "x".repeat(300)],
];

/** Any text, and texts of what means something somewhere. */
export const outside = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
  fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((all) => all.join("")),
);

/** Whether nothing in a message acts on a terminal, hides or reorders text. */
export const isHarmless = (message: string): boolean => !/[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/u.test(message);

/** The message of a UserError; any other error fails the test. */
export function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof UserError, String((error as Error).stack));
    return error.message;
  }
  return "nothing was refused";
}

/** Checks that a text is refused with a short harmless message, or asks only for what the sources allow. */
export function assertInside(read: () => readonly Dependency[]): void {
  let dependencies: readonly Dependency[] = [];
  const message = messageOf(() => (dependencies = read()));
  assert.ok(isHarmless(message) && message.length < 10_000, JSON.stringify(message));
  for (const { repository, ref, part } of dependencies) {
    const source = sources.find((one) => isSameRepository(one.repository, repository));
    assert.ok(source !== undefined && (part === undefined || part in source.images), repository);
    assert.equal(Object.keys(ref).length, 1);
    const [[kind, value] = []] = Object.entries(ref) as [string, unknown][];
    assert.ok(allowed[kind as keyof typeof allowed](value), `${kind} ${String(value)}`);
  }
}

const allowed = {
  pull: (value: unknown) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 999_999_999,
  commit: (value: unknown) => /^[0-9a-f]{40}$/.test(String(value)),
  tag: isGitName,
  branch: isGitName,
};

/** git-check-ref-format, and no character that a shell or a URL's query would see. */
function isGitName(value: unknown): boolean {
  const name = String(value);
  const components = name.split("/");
  return (
    /^[\w./+#@=-]{1,200}$/.test(name) &&
    !name.startsWith("-") &&
    !/\.\.|\.$/.test(name) &&
    components.every((one) => one !== "" && !one.startsWith(".") && !one.endsWith(".lock"))
  );
}
