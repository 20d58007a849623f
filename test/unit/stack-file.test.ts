import assert from "node:assert/strict";
import { parseStackFile, stackFileText } from "../../contract";

describe("a stack's file", () => {
  it("is read by leaf, with or without the project's name before its keys", () => {
    const text = ["encryptionsalt: v1:a", "config:", "  preview:port: 8443", "  domain: d.example", "  aws:region: eu"];
    assert.deepEqual(parseStackFile(text.join("\n"), "preview"), {
      header: { encryptionsalt: "v1:a" },
      settings: { port: "8443", domain: "d.example", "aws:region": "eu" },
    });
    assert.deepEqual(parseStackFile("", "preview"), { header: {}, settings: {} });
    assert.throws(() => parseStackFile("a: [", "preview"));
  });

  it("is read as Pulumi does, which drops the empty lines that a block begins with, and written so that it keeps them", () => {
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
});
