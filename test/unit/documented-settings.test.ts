import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Settings, SettingsError, type SettingsInput } from "../../contract";
import { minimal, settingsWith } from "./example-settings";

const page = (path: string) => readFileSync(join(__dirname, "../..", path), "utf8");

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

describe("the settings in docs/your-product.md", () => {
  const blocks = blocksIn(page("docs/your-product.md"));

  for (const block of blocks) {
    it(`are valid: ${block.heading}, line ${block.line}`, () => {
      assert.ok(settingsOf(block).workloads.api);
    });
  }

  it("are refused where they are wrong", () => {
    const wrong = "```yaml\napi: { env: { URL: '${orign}' } }\n```";
    assert.throws(() => settingsOf(blocksIn(wrong)[0]!), SettingsError);
  });
});

describe("the settings in docs/pairs.md", () => {
  for (const { heading, line, yaml } of blocksIn(page("docs/pairs.md")).filter((block) =>
    /^config:/m.test(block.yaml),
  )) {
    it(`are valid: ${heading}, line ${line}`, () => {
      const { config } = parse(yaml) as { config: SettingsInput };
      assert.ok(Object.keys(settingsWith(config).sources).length > 0);
    });
  }
});

describe("the values in docs/settings.md", () => {
  it("are all that there are", () => {
    const [table = ""] = /^\| value [^]*?\n\n/m.exec(page("docs/settings.md")) ?? [];
    assert.throws(
      () => settingsWith({ api: { ...minimal.api, env: { URL: "${nothing}" } } }),
      (error: Error) => {
        const names = /there are ([^;]*);/.exec(error.message)![1]!.split(", ");
        const missing = names.filter((name) => !/^(api|web)\./.test(name) && !table.includes(`\`${name}\``));
        assert.deepEqual(missing, []);
        return true;
      },
    );
  });
});
