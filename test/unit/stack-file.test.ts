import assert from "node:assert/strict";
import { isParsedFrom, isUnquoted, parseStackFile, stackFileText } from "../../contract";

describe("a stack's file", () => {
  it("is read by leaf, with or without the project's name in front of its keys", () => {
    const text = ["encryptionsalt: v1:a", "config:", "  preview:port: 8443", "  domain: d.example", "  aws:region: eu"];
    assert.deepEqual(parseStackFile(text.join("\n"), "preview"), {
      header: { encryptionsalt: "v1:a" },
      settings: { port: "8443", domain: "d.example", "aws:region": "eu" },
    });
    assert.deepEqual(parseStackFile("", "preview"), { header: {}, settings: {} });
  });

  it("is refused with the line where it isn't YAML, whose text isn't shown", () => {
    assert.throws(
      () => parseStackFile("config:\n  preview:token: a secret\n    b: c\n", "preview", "Pulumi.pr-1.yaml"),
      {
        name: "UserError",
        message: "Pulumi.pr-1.yaml:2: not YAML: Nested mappings are not allowed in compact mappings",
      },
    );
  });

  it("is read as Pulumi reads it, without a block's leading empty lines, and written so that Pulumi keeps them", () => {
    const block = "config:\n  preview:api:\n    migrate:\n      - |\n\n        import os\n";
    assert.deepEqual(parseStackFile(block, "preview").settings, { "api.migrate": ["import os\n"] });
    const file = {
      header: { encryptionsalt: "v1:a" },
      settings: { "api.migrate": ["\nimport os\n"], "aws:region": "eu" },
    };
    const text = stackFileText("preview", file);
    assert.match(text, /- "\\nimport os\\n"/);
    assert.deepEqual(parseStackFile(text, "preview"), file);
  });

  /** A value as written, and what Pulumi 3.259 makes of it. */
  const numbers: [written: string, leaf: unknown, pulumi: unknown][] = [
    ["30", 30, 30],
    ["-5", -5, -5],
    ["0", 0, 0],
    ["9007199254740993", "9007199254740993", "9007199254740993"],
    ["12345678901234567890", "12345678901234567890", 12345678901234567000],
    ["true", true, true],
    ["1.10", { unquoted: "1.10" }, 1.1],
    ["1.0", { unquoted: "1.0" }, 1],
    [".5", { unquoted: ".5" }, 0.5],
    ["1e3", { unquoted: "1e3" }, 1000],
    ["+5", { unquoted: "+5" }, 5],
    ["-0", { unquoted: "-0" }, 0],
    ["01234", { unquoted: "01234" }, 668],
    ["089", { unquoted: "089" }, 89],
    ["0x10", { unquoted: "0x10" }, 16],
    ["0o17", { unquoted: "0o17" }, 15],
    ["0b11", { unquoted: "0b11" }, 3],
    ["1_000", { unquoted: "1_000" }, 1000],
    ["2001-01-01", { unquoted: "2001-01-01" }, "2001-01-01 00:00:00 +0000 UTC"],
    ["2001-01-01T10:00:00Z", { unquoted: "2001-01-01T10:00:00Z" }, "2001-01-01 10:00:00 +0000 UTC"],
    ["null", null, null],
    ["~", null, null],
    ['"01234"', "01234", "01234"],
    ["'1.10'", "1.10", "1.10"],
    ["!!str 12", "12", "12"],
    ["yes", "yes", "yes"],
    ["12:30:45", "12:30:45", "12:30:45"],
    ["1.2.3", "1.2.3", "1.2.3"],
    ["10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/8"],
    ["2001-01-01 or so", "2001-01-01 or so", "2001-01-01 or so"],
  ];
  for (const [written, leaf, pulumi] of numbers) {
    it(`reads ${written} as ${JSON.stringify(leaf)}, which Pulumi turns into ${JSON.stringify(pulumi)}`, () => {
      const text = `config:\n  preview:api:\n    env: { A: ${written} }\n    command: [${written}]\n`;
      const { settings } = parseStackFile(text, "preview");
      assert.deepEqual(settings, { "api.env.A": leaf, "api.command": [leaf] });
      if (isUnquoted(leaf)) {
        assert.ok(isParsedFrom(pulumi, leaf) && !isParsedFrom("another", leaf) && !isParsedFrom(7, leaf));
      }
      if (typeof leaf !== "object") {
        assert.deepEqual(
          parseStackFile(stackFileText("preview", { header: {}, settings }), "preview").settings,
          settings,
        );
      }
    });
  }

  it("is written so that Pulumi reads every text as text", () => {
    const texts = numbers.map(([written]) => written).filter((written) => !/['"!]/.test(written));
    const settings = { "api.command": texts };
    const text = stackFileText("preview", { header: {}, settings });
    assert.deepEqual(parseStackFile(text, "preview").settings, settings);
    for (const number of numbers.filter(([, , pulumi]) => typeof pulumi === "number").map(([written]) => written)) {
      assert.ok(text.includes(`- "${number}"`), text);
    }
    assert.ok(text.includes('- "2001-01-01"'), text);
  });
});
