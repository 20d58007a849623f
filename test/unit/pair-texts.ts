import fc from "fast-check";

/** What strangers write where a pair is asked for. */

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
