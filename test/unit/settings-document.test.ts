import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  configDeclarations,
  settingRows,
  settingsTable,
  setOtherwiseTable,
} from "../../contract/settings/documentation";
import { KnownValues } from "../../contract/values";
import { settingsWith } from "./example-settings";

const document = readFileSync(join(__dirname, "../../docs/settings.md"), "utf8");
const typeOf = (setting: string) => settingRows().find(({ name }) => name === setting)?.type;

describe("the table of settings", () => {
  it("shows each setting once, with a meaning, those of any service as services.<name>", () => {
    const rows = settingRows();
    const names = rows.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      rows.filter(({ description }) => description === "").map(({ name }) => name),
      [],
    );
    const services = names.filter((name) => name.startsWith("services"));
    assert.ok(services.every((name) => name.startsWith("services.<name>.")));
    for (const key of [
      "from",
      "imageFrom",
      "image",
      "perCommit",
      "port",
      "ports",
      "single",
      "resources.cpu",
      "checks",
    ]) {
      assert.ok(services.includes(`services.<name>.${key}`), key);
    }
    assert.equal(settingsTable().length + setOtherwiseTable().length - 2, names.length);
  });

  it("tells the types of a setting that has several", () => {
    assert.deepEqual(["api.checks", "api.migrate", "services.<name>.checks", "dns.type", "api.sha"].map(typeOf), [
      ...["none | object", "none | array", "none | object", "A | AAAA | CNAME", "string"],
    ]);
  });

  it("stands in Pulumi.yaml as one key for each group", () => {
    const { services, secrets } = configDeclarations();
    assert.deepEqual([services?.type, services?.default, secrets?.type], ["object", {}, "object"]);
  });
});

describe("the table of values", () => {
  it("has every value that there is", () => {
    const listeners = [
      { name: "NAME", ports: [{ name: "http", port: 80, targetPort: 80 }] },
      {
        name: "OTHER",
        ports: ["a", "b"].map((name, at) => ({ name, port: at + 1, targetPort: at + 1 })),
      },
    ];
    const known = new KnownValues({ ...settingsWith(), listeners, secrets: { NAME: "s" } });
    const names = known
      .list()
      .split(", ")
      .map((name) => name.replace(/^OTHER\.port\..*/, "NAME.port.PORT"));
    for (const name of names.filter((one) => !one.startsWith("OTHER"))) {
      assert.ok(document.includes(`\`${name}\``), name);
    }
  });
});
