import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Settings, SettingsError, type SettingsInput } from "../../contract";
import { minimal, settingsWith } from "./example-settings";

const page = "docs/your-product.md";
const text = readFileSync(join(__dirname, "../..", page), "utf8");

interface Block {
  readonly heading: string;
  readonly line: number;
  readonly yaml: string;
}

/** The blocks of YAML on the page, each with the heading that it is under. */
function blocksIn(text: string): Block[] {
  return [...text.matchAll(/^```yaml\n([^]*?)^```/gm)].map((match) => {
    const before = text.slice(0, match.index);
    const heading = [...before.matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? "";
    return { heading, line: before.split("\n").length, yaml: match[1]! };
  });
}

/** Of a stack that has the block's settings beside what every stack must have. */
function settingsOf({ yaml }: Block): Settings {
  const given = parse(yaml) as SettingsInput;
  const web = given.web?.enabled === false ? given.web : { ...minimal.web, ...given.web };
  return settingsWith({ ...given, api: { ...minimal.api, ...given.api }, web });
}

describe(`the settings in ${page}`, () => {
  const blocks = blocksIn(text);

  for (const block of blocks) {
    it(`are valid: ${block.heading}, line ${block.line}`, () => {
      assert.ok(settingsOf(block).workloads.api);
    });
  }

  it("are refused where they are wrong", () => {
    const wrong = "```yaml\napi: { env: { URL: '${orign}' } }\n```";
    assert.throws(() => settingsOf(blocksIn(wrong)[0]!), SettingsError);
  });

  it("have every value there is in the page's table", () => {
    assert.throws(
      () => settingsWith({ api: { ...minimal.api, env: { URL: "${nothing}" } } }),
      (error: Error) => {
        const there = /there are ([^;]*);/.exec(error.message)![1]!.split(", ");
        const names = there.filter((name) => !/^(api|web)\./.test(name));
        const [table = ""] = /^\| value [^]*?\n\n/m.exec(text) ?? [];
        // `database.host`, `.port` stand in one cell.
        const missing = names.filter(
          (name) => !table.includes(`\`${name}\``) && !table.includes(`\`.${name.split(".").at(-1)}\``),
        );
        assert.deepEqual(missing, []);
        return true;
      },
    );
  });
});
