import assert from "node:assert/strict";
import { Readable } from "node:stream";
import fc from "fast-check";
import { planAsText } from "../../cli/commands/reconcile";
import { statusAsText } from "../../cli/commands/status";
import { sanitizeOutput, safeJson, sanitizeLine, sanitizeLines } from "../../clients/process/sanitize-output";
import { asJson, asText, summary } from "../../cli/output/contract-report";

/** The lines that GitHub's runner takes for commands, by its ActionCommand.cs; it ignores invisible characters, as .NET does. */
const commandsIn = (text: string): string[] =>
  text
    .split(/\r\n|[\r\n]/)
    .map((line) => line.replace(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "").trimStart())
    .filter((line) => line.startsWith("::") || line.includes("##["));
const obeyedByTerminal = /[^\P{Cc}\n\t]|\p{Bidi_Control}/u;

const said = [
  "\u001b[2J",
  "\u009b1m",
  "\u001b]0;",
  "\u0007",
  "\r",
  "\n",
  " ",
  "\u200b",
  "\u202e",
  "\u2028",
  "#",
  "[",
  ":",
];
const outside = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.array(fc.constantFrom(...said, "error]", "a")).map((all) => all.join("")),
);

describe("sanitized output of a preview", () => {
  it("takes time linear in its length, whatever a container prints", () => {
    // Each takes minutes if the time is quadratic in the length.
    for (const one of ["\u0090", "\u001b]", "\u001b[", "\u009d;", "\n", ":"]) {
      assert.equal(typeof sanitizeOutput(one.repeat(2 ** 19)), "string");
    }
  });

  it("contains no command of GitHub's runner", () => {
    assert.equal(sanitizeOutput("ok\n::error::Approved\n  ::add-mask::a"), "ok\n: :error::Approved\n  : :add-mask::a");
    assert.equal(sanitizeOutput("ok\r::stop-commands::x"), "ok ::stop-commands::x");
    assert.equal(sanitizeOutput("see ##[error]x"), "see ## [error]x");
    assert.equal(sanitizeOutput("see #\u200b#\u00ad[error]x"), "see #\u200b# \u00ad[error]x");
    assert.equal(sanitizeOutput("\u200b:\u200b:error::x"), "\u200b: \u200b:error::x");
    assert.equal(sanitizeOutput("#\u001b[0m#[error]x"), "## [error]x");
  });

  it("contains no terminal command", () => {
    assert.equal(sanitizeOutput("\u001b[2Jgone\u0007"), "gone ");
    assert.equal(
      sanitizeOutput("\u001b]0;title\u0007\u009b1;31mred\u001bc, \u001b]8;;https://evil.example"),
      "red, 8;;https://evil.example",
    );
    assert.equal(sanitizeOutput("\u202eevil"), " evil");
  });

  it("contains neither, for any input", () => {
    fc.assert(
      fc.property(outside, (text) => {
        for (const clean of [sanitizeOutput(text), sanitizeLine(text)]) {
          assert.deepEqual(commandsIn(clean), []);
          assert.doesNotMatch(clean, obeyedByTerminal);
        }
        assert.doesNotMatch(sanitizeLine(text), /[\n\t]/);
      }),
    );
  });

  it("is otherwise unchanged", () => {
    const text = "a::b\n\tkubernetes:core/v1:Namespace (pr-1): “é”";
    assert.equal(sanitizeOutput(text), text);
    assert.equal(sanitizeOutput("one\r\ntwo"), "one\ntwo");
  });

  it("is unchanged in JSON once that is parsed", () => {
    assert.equal(safeJson(["##[error]\u0085"]), '[\n  "\\u0023#[error]\\u0085"\n]');
    fc.assert(
      fc.property(fc.dictionary(outside, outside), (value) => {
        const json = safeJson(value);
        assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(value)));
        assert.deepEqual(commandsIn(json), []);
        assert.doesNotMatch(json, obeyedByTerminal);
        // Printing leaves it as it is.
        assert.equal(sanitizeOutput(json), json);
      }),
    );
  });

  it("comes line by line from a program, wherever its chunks end", async () => {
    const log = "\u001b[32mINFO\u001b[0m é\n::error::x\n##[error]y";
    const bytes = Buffer.from(log);
    for (let size = 1; size <= bytes.length; size += 1) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      assert.equal((await shown(pieces)).join(""), "INFO é\n: :error::x\n## [error]y");
    }
  });

  it("isn't buffered without limit when a line has no end", async () => {
    const pieces = Array.from({ length: 100 }, () => Buffer.alloc(10_000, "#"));
    const lines = await shown(pieces);
    assert.ok(lines.length > 10, `${lines.length} pieces`);
    assert.equal(lines.join("").replaceAll("\n", "").length, 1_000_000);
  });
});

describe("what a preview has said, in a report,", () => {
  const words = "no\u001b[2J\n::error::x\u0007 ##[error]y\nhttps://pr-1.example.com: 60 passed";
  const finding = { id: "seed", title: "the seed is there", outcome: "failed" as const, seen: words };
  const report = {
    target: "https://pr-1.example.com",
    ok: false,
    findings: [{ ...finding, setting: "api.seed", why: "no" }],
  };

  it("is one sanitized line of verify's table and summary", () => {
    for (const text of [asText(report, 200), summary(report)]) {
      assert.deepEqual(commandsIn(text), []);
      assert.doesNotMatch(text, obeyedByTerminal);
      assert.doesNotMatch(text, /^https:.*60 passed$/m);
      assert.match(text, /^https:.*1 failed$/m);
    }
  });

  it("is whole in verify's JSON", () => {
    assert.deepEqual(commandsIn(asJson(report)), []);
    const { findings } = JSON.parse(asJson(report)) as { findings: { seen: string }[] };
    assert.equal(findings[0]!.seen, words);
  });

  it("is a sanitized cell in the tables of status and reconcile", () => {
    const status = { pullRequest: 1, name: "pr-1", wrong: [words] };
    const row = { pullRequest: 1, name: "pr-1", hasStack: true, records: [], action: "report", reason: words };
    const tables = [
      statusAsText([status] as unknown as Parameters<typeof statusAsText>[0], new Date()),
      planAsText({ rows: [row], isOverCap: false } as unknown as Parameters<typeof planAsText>[0]),
    ];
    for (const text of tables) {
      assert.deepEqual(commandsIn(text), []);
      assert.doesNotMatch(text, obeyedByTerminal);
    }
  });
});

const shown = (pieces: readonly Uint8Array[]): Promise<string[]> =>
  Readable.from(sanitizeLines(Readable.from(pieces))).toArray() as Promise<string[]>;
