import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { manifestLimit, parseManifest } from "../../contract";
import { overridesSchemaFile, overridesSchemaText } from "../../docs/write-overrides";
import {
  assertInside,
  backend,
  commit,
  isHarmless,
  messageOf,
  names,
  numbers,
  outside,
  sha,
  sources,
  worker,
} from "./pair-texts";

const parsed = (text: string) => parseManifest(text, sources);
const known = "known: api, collab, worker";
const examplePull = 'must be a pull request such as "myorg/backend#515"';
const kinds = "must be { pull: … }, { commit: … }, { tag: … } or { branch: … }";
const one = "must have exactly one of pull, commit, tag and branch";
const inQuotes = "must be text: put it in quotes (YAML turns 1.10 into 1.1, and 01234 into 668)";
const noParts = 'must name parts, such as api: { pull: "myorg/backend#515" }';

/** Bad manifests, each with its whole message; every line of it follows the file's name and a colon. */
const wrong: [what: string, text: string, ...message: string[]][] = [
  [
    "what isn't YAML",
    "api: [",
    "1: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
  ],
  ["an open quote", 'api:\n  tag: "v1', '2: not YAML: Missing closing "quote'],
  ["text", "api", `1: ${noParts}`],
  ["a list", "- api", `1: ${noParts}`],
  ["two documents", "api: { tag: v1 }\n---\napi: { tag: v2 }", "2: must be one document"],
  ["an unknown key", "api:\n  pul: 1", '2: api: unknown key "pul"; known: pull, commit, tag, branch'],
  ["a part that isn't there", "\nwroker: { tag: v1 }", `2: the setting sources has no part "wroker"; ${known}`],
  ["the database", "database: { tag: v1 }", `1: the setting sources has no part "database"; ${known}`],
  [
    "all at once",
    'api: { pull: "myorg/other#5" }\nx: 1\nworker:\n  tag: a..b\n  y: 2',
    '1: api.pull: must be a pull request of myorg/backend, which builds api; got "myorg/other#5"',
    `2: the setting sources has no part "x"; ${known}`,
    '4: worker.tag: must be the name of a tag; got "a..b"',
    '5: worker: unknown key "y"; known: pull, commit, tag, branch',
  ],
  ["a pull request by number", "api: { pull: 515 }", `1: api.pull: ${examplePull}; got 515`],
  [
    "a pull request by URL",
    "api: { pull: https://a/b/pull/5 }",
    `1: api.pull: ${examplePull}; got "https://a/b/pull/5"`,
  ],
  ["pull request 0", 'api: { pull: "myorg/backend#0" }', `1: api.pull: ${examplePull}; got "myorg/backend#0"`],
  ["a number with ten digits", "api: { pull: a/b#1234567890 }", `1: api.pull: ${examplePull}; got "a/b#1234567890"`],
  ["a path as repository", "api: { pull: myorg/..#1 }", `1: api.pull: ${examplePull}; got "myorg/..#1"`],
  ["a comment for a pull request", "api:\n  pull: #515", `2: api.pull: ${examplePull}; got nothing`],
  ["nothing asked for", "api: {}", `1: api: ${one}`],
  ["two things asked for", "api: { tag: v1, branch: b }", `1: api: ${one}`],
  ["a part without value", "api:", `1: api: ${kinds}; got nothing`],
  ["a part that is a list", "api: [tag]", `1: api: ${kinds}; got a list`],
  ["a part that is text", 'api: "myorg/backend#515"', `1: api: ${kinds}; got "myorg/backend#515"`],
  [
    "a short commit",
    "api: { commit: 4f5c2d1 }",
    '1: api.commit: must be a full commit of 40 lower-case hexadecimal digits; got "4f5c2d1"',
  ],
  [
    "a commit in capitals",
    `api: { commit: ${"A".repeat(40)} }`,
    `1: api.commit: must be a full commit of 40 lower-case hexadecimal digits; got "${"A".repeat(40)}"`,
  ],
  [
    "a commit that YAML takes for a number",
    `api: { commit: ${"1".repeat(40)} }`,
    `1: api.commit: ${inQuotes}; got ${Number("1".repeat(40))}`,
  ],
  ["a tag that YAML takes for a number", "api: { tag: 1.10 }", `1: api.tag: ${inQuotes}; got 1.1`],
  ["a tag that is a map", "api: { tag: { name: v1 } }", "1: api.tag: must be the name of a tag; got a map"],
  [
    "a branch that is an option",
    "api: { branch: --force }",
    '1: api.branch: must be the name of a branch; got "--force"',
  ],
  [
    "a branch that is a shell word",
    "api: { branch: $(id) }",
    '1: api.branch: must be the name of a branch; got "$(id)"',
  ],
  ["a branch that is true", "api: { branch: true }", "1: api.branch: must be the name of a branch; got true"],
  [
    "two wishes for one source",
    "api: { tag: v1.2 }\ncollab:\n  tag: v1.3",
    "3: asks for tag v1.3 of myorg/backend, but preview-overrides.yaml:1 asks for tag v1.2; all parts of a repository come from one commit",
  ],
  ["a part twice", "api: { tag: v1 }\napi: { tag: v1 }", "2: this key is already set above"],
  ["a key twice", "api:\n  tag: v1\n  tag: v1", "3: this key is already set above"],
  [
    "anchors and aliases",
    "api: &a { tag: v1 }\nworker: *a",
    "1: must not use anchors (&name)",
    "2: must not use aliases (*name)",
  ],
  ["a merge key", "api: { <<: { tag: v1 } }", '1: api: unknown key "<<"; known: pull, commit, tag, branch'],
  ["a merge key at the top", "<<: { tag: v1 }", `1: the setting sources has no part "<<"; ${known}`],
  ["a type", "api: { tag: !!str 1 }", "1: must not use tags (!name)"],
  ["a type of its own", "api: !js { tag: v1 }", "1: must not use tags (!name)"],
  ["another version of YAML", "%YAML 1.1\n---\napi: { tag: v1 }", "1: must not use directives (%YAML)"],
  ["a directive alone", "%A", "1: must not use directives (%YAML)"],
  ["depth", "api:\n  - - - - - - - - tag", "2: must not be nested deeper than 8 levels"],
  ["a prototype", "__proto__: { tag: v1 }", `1: the setting sources has no part "__proto__"; ${known}`],
  [
    "a prototype in a part",
    "api: { tag: v1, __proto__: {} }",
    '1: api: unknown key "__proto__"; known: pull, commit, tag, branch',
  ],
  ["a part of every object", "constructor: { tag: v1 }", `1: the setting sources has no part "constructor"; ${known}`],
  ["a list as key", "? [api]\n: { tag: v1 }", "1: a key must be text"],
  ["a number as key", "api: { tag: v1 }\n1: x", "2: a key must be text"],
  ["an escape sequence", '"\\e[2J\u202e": 1', `1: the setting sources has no part "\\u001b[2J\\u202e"; ${known}`],
];

describe("preview-overrides.yaml", () => {
  it("says what each part is to be, with the line of it", () => {
    const text = `# a comment\napi: { pull: "MyOrg/Backend#515" }\r\nworker:\n  commit: ${sha}\n`;
    assert.deepEqual(parsed(text), [
      { repository: "MyOrg/Backend", ref: { pull: 515 }, where: "preview-overrides.yaml:2", part: "api" },
      { repository: worker.repository, ref: { commit: sha }, where: "preview-overrides.yaml:4", part: "worker" },
    ]);
  });

  it("may say the same of two parts of one source", () => {
    const both = parsed('api: { pull: "myorg/backend#5" }\ncollab: { pull: "MYORG/backend#5" }');
    assert.deepEqual(
      both.map(({ part, ref }) => [part, ref]),
      [
        ["api", { pull: 5 }],
        ["collab", { pull: 5 }],
      ],
    );
  });

  for (const text of ["", "\n", "# nothing\n", "---\n", "{}", "~", "\ufeff"]) {
    it(`asks for nothing where it is ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parsed(text), []);
    });
  }

  for (const [what, text, ...message] of wrong) {
    it(`refuses ${what}`, () => {
      const expected = message.map((line) => `preview-overrides.yaml:${line}`).join("\n");
      assert.equal(
        messageOf(() => parsed(text)),
        expected,
      );
    });
  }

  it("refuses every part where there are no sources", () => {
    assert.equal(
      messageOf(() => parseManifest("api: { tag: v1 }", [])),
      'preview-overrides.yaml:1: the setting sources has no part "api"; known: none, since it is empty',
    );
  });

  it("refuses a large one, in bytes", () => {
    const comment = (size: number) => `#${"é".repeat((size - 1) / 2)}`;
    assert.deepEqual(parsed(`${comment(manifestLimit - 1)}\n`), []);
    assert.equal(
      messageOf(() => parsed(comment(manifestLimit + 1))),
      "preview-overrides.yaml: must have at most 16384 bytes; has 16385",
    );
  });

  it("lists ten problems at most", () => {
    const lines = messageOf(() => parsed(Array.from({ length: 15 }, (_, index) => `k${index}: 1\n`).join(""))).split(
      "\n",
    );
    assert.deepEqual([lines.length, lines.at(-1)], [11, "… and 5 more"]);
  });

  it("takes no long time, however it is nested or repeated", () => {
    const begun = performance.now();
    for (const piece of [
      "[",
      "{",
      "- ",
      "? ",
      "{a: ",
      ": ",
      "[{",
      "&a ",
      "!a ",
      "---\n",
      "%A b\n",
      '"',
      "*a ",
      "a,",
      "|\n",
      "'",
    ]) {
      const text = piece.repeat(manifestLimit / piece.length);
      assert.ok(isHarmless(messageOf(() => parsed(text))), piece);
    }
    assert.ok(performance.now() - begun < 10_000);
  });

  it("throws nothing but a harmless message for any other text, and yields only what the sources allow", () => {
    fc.assert(
      fc.property(outside, (text) => {
        assertInside(() => parsed(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("throws nothing else for values in the right place either", () => {
    const kind = fc.constantFrom("pull", "commit", "tag", "branch");
    const part = fc.constantFrom("api", "collab", "worker");
    fc.assert(
      fc.property(
        fc.dictionary(
          part,
          fc.dictionary(
            kind,
            fc.oneof(
              outside,
              fc.json().map((text) => JSON.parse(text) as unknown),
            ),
          ),
        ),
        (value) => {
          assertInside(() => parsed(JSON.stringify(value)));
        },
      ),
    );
  });

  it("gives back what was written", () => {
    const value = fc.oneof(
      numbers.map((pull) => [{ pull }, { pull: `${backend.repository}#${pull}` }]),
      commit.map((text) => [{ commit: text }, { commit: text }]),
      names.map((tag) => [{ tag }, { tag }]),
      names.map((branch) => [{ branch }, { branch }]),
    );
    fc.assert(
      fc.property(value, ([ref, written]) => {
        const found = parsed(JSON.stringify({ api: written }));
        assert.deepEqual(found, [
          { repository: backend.repository, ref, where: "preview-overrides.yaml:1", part: "api" },
        ]);
      }),
    );
  });

  it("has a JSON Schema for editors (npm run docs)", () => {
    assert.equal(readFileSync(overridesSchemaFile, "utf8"), overridesSchemaText());
  });
});
