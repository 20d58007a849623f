import assert from "node:assert/strict";
import { parseStackFile } from "../../contract";
import { asWritten, fromConfiguration, secretPaths } from "../../components/program/configuration";

describe("fromConfiguration", () => {
  it("reads the project's keys: groups as JSON, the rest as text", () => {
    const configuration = {
      "preview:domain": "previews.example.com",
      "preview:port": "8443",
      "preview:api": '{"image":"a/b:1234567","port":8000}',
      "preview:egress": "[]",
      "preview:dns": "{}",
      "preview:prefix": "",
      "preview:product": "[orders",
      "pulumi:disable-default-providers": '["kubernetes"]',
    };
    assert.deepEqual(fromConfiguration(configuration, "preview"), {
      domain: "previews.example.com",
      port: "8443",
      api: { image: "a/b:1234567", port: 8000 },
      product: "[orders",
    });
  });
});

describe("numbers in a configuration", () => {
  // The same values in a stack's file as Pulumi passes them on.
  const handoff = {
    "preview:product": "668",
    "preview:api":
      '{"command":["a",30,12345678901234567000,1.1],"env":{"BIG":12345678901234567000,"DATE":"2001-01-01 00:00:00 +0000 UTC",' +
      '"MAX":9223372036854775807,"MID":9007199254740993,"N":30,"OCTAL":668,"ONE":1,"QUOTED":"01234"}}',
  };
  const file = [
    "config:",
    "  preview:product: 01234",
    "  preview:api:",
    "    command: [a, 30, 12345678901234567890, 1.10]",
    "    env:",
    "      BIG: 12345678901234567890",
    "      DATE: 2001-01-01",
    "      MAX: 9223372036854775807",
    "      MID: 9007199254740993",
    "      N: 30",
    "      OCTAL: 01234",
    "      ONE: 1.0",
    '      QUOTED: "01234"',
  ].join("\n");

  it("keep every digit that Pulumi kept, and are no integer beyond 64 bits", () => {
    const { api } = fromConfiguration(handoff, "preview");
    const { MAX, MID, N, BIG } = api!.env!;
    assert.deepEqual([MAX, MID, N, BIG], ["9223372036854775807", "9007199254740993", 30, 12345678901234567000]);
  });

  it("are read from the stack's file when Pulumi has changed them", () => {
    assert.deepEqual(asWritten(fromConfiguration(handoff, "preview"), parseStackFile(file, "preview").settings), {
      product: { unquoted: "01234" },
      api: {
        command: ["a", 30, "12345678901234567890", { unquoted: "1.10" }],
        env: {
          BIG: "12345678901234567890",
          DATE: { unquoted: "2001-01-01" },
          MAX: "9223372036854775807",
          MID: "9007199254740993",
          N: 30,
          OCTAL: { unquoted: "01234" },
          ONE: { unquoted: "1.0" },
          QUOTED: "01234",
        },
      },
    });
  });

  it("aren't read from a file they didn't come from", () => {
    const given = { api: { env: { A: "x", N: 7, O: 5, Q: "01234", T: "today", V: "1.10" } }, egress: [] };
    const other = {
      "api.env.N": "12345678901234567890",
      "api.env.A": 3,
      "api.env.B": { unquoted: "1.0" },
      "api.env.O": { unquoted: "01234" },
      "api.env.Q": { unquoted: "01234" },
      "api.env.T": { unquoted: "2001-01-01" },
      "api.env.V": { unquoted: "1.10" },
      egress: [1],
    };
    assert.deepEqual(asWritten(given, other), given);
  });
});

describe("secretPaths", () => {
  const leaves = { "api.image": "a", "api.secrets.T": "t", "api.migrate": ["m"], "web.image": "w" };
  const isSecret = (key: string) => key === "api";

  it("cover everything below a key with a secret, except what the stack's own file has in plain text", () => {
    const file = { "api.image": "a", "api.migrate": ["m"], "api.secrets.T": { secure: "v1:x" } };
    assert.deepEqual(secretPaths(leaves, file, isSecret), ["api.secrets.T"]);
  });

  it("cover everything when the configuration comes from another file", () => {
    const other = { "api.image": "b", "api.secrets.A": { secure: "v1:x" } };
    assert.deepEqual(secretPaths(leaves, other, isSecret), ["api.image", "api.secrets.T", "api.migrate"]);
    assert.deepEqual(
      secretPaths(leaves, {}, () => false),
      [],
    );
  });
});
