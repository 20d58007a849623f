import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hashContext, parseDockerignore } from "../../embedded/images/content-hash";
import { isDebian } from "../../embedded/images/debian-sources";

describe(".dockerignore", () => {
  const table: [patterns: string, ignored: string[], kept: string[]][] = [
    ["node_modules", ["node_modules", "node_modules/a/b.js"], ["node_modules2", "lib/node_modules"]],
    [".env*", [".env", ".env.preview"], ["env", "app/.env"]],
    ["**/__pycache__", ["__pycache__/a.pyc", "a/b/__pycache__/c.pyc"], ["pycache"]],
    ["/venv/", ["venv/bin/python"], ["a/venv"]],
    ["*.md\n!README.md", ["NOTES.md"], ["README.md"]],
    ["# comment\n\n  docs  ", ["docs/a"], ["# comment"]],
    ["a?c", ["abc"], ["abbc", "a/c"]],
    ["a.b", ["a.b"], ["aXb"]],
  ];
  for (const [patterns, ignored, kept] of table) {
    it(JSON.stringify(patterns), () => {
      const { ignores } = parseDockerignore(patterns);
      assert.deepEqual(ignored.filter(ignores), ignored);
      assert.deepEqual(kept.filter(ignores), []);
    });
  }
});

describe("the hash of an image's sources", () => {
  let context: string;
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(context, path)), { recursive: true });
    writeFileSync(join(context, path), text);
  };

  beforeEach(() => {
    context = mkdtempSync(join(tmpdir(), "context-"));
    write("Dockerfile", "FROM scratch");
    write(".dockerignore", "Dockerfile\nignored");
    write("app/main.py", "print()");
  });
  afterEach(() => rmSync(context, { recursive: true }));

  it("looks like a commit's, and ignores timestamps and ignored files", async () => {
    const before = await hashContext(context);
    assert.match(before, /^[0-9a-f]{40}$/);
    write("ignored/file", "1");
    utimesSync(join(context, "app/main.py"), 1, 1);
    assert.equal(await hashContext(context), before);
  });

  const changes: Record<string, () => void> = {
    "a file's content": () => write("app/main.py", "print(1)"),
    "a file's name": () => write("app/main2.py", "print()"),
    "a file's mode": () => chmodSync(join(context, "app/main.py"), 0o755),
    "a link": () => symlinkSync("main.py", join(context, "app/link.py")),
    "the Dockerfile, even if it is ignored": () => write("Dockerfile", "FROM scratch\nUSER 1"),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`changes with ${what}`, async () => {
      const before = await hashContext(context);
      change();
      assert.notEqual(await hashContext(context), before);
    });
  }

  it("changes with each of the other inputs, which stay distinct", async () => {
    assert.notEqual(await hashContext(context, ["a", "bc"]), await hashContext(context, ["ab", "c"]));
  });
});

describe("apt's source files that point to Debian", () => {
  const debian =
    "Types: deb\n# a comment\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n";
  const table: [name: string, file: string, text: string, expected: boolean][] = [
    ["deb822", "debian.sources", debian, true],
    [
      "with Debian's key",
      "debian.sources",
      `${debian}Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`,
      true,
    ],
    ["somebody else's key", "x.sources", `${debian}Signed-By: /etc/apt/keyrings/x.gpg\n`, false],
    ["one line", "sources.list", "deb [trusted=yes] http://mirror.example/debian bookworm main contrib\n", true],
    ["another release", "sources.list", "deb http://mirror.example/debian trixie main\n", false],
    ["somebody else's, by its key", "x.list", "deb [signed-by=/etc/x.gpg] http://x.example bookworm main\n", false],
    ["no suites", "x.sources", "# nothing\n", false],
    ["switched off", "debian.sources.disabled", debian, false],
  ];
  for (const [name, file, text, expected] of table) {
    it(name, () => assert.equal(isDebian(file, text, "bookworm"), expected));
  }
});
