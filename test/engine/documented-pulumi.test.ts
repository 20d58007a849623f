import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { embedded } from "./embedded";
import { kubectl } from "./kubectl";
import { Preview, testProject } from "./preview";

/** README's block for Pulumi alone, as its paragraph says to type it on the embedded default. */
function documented(pullRequest: number, from: string): string[] {
  const { images } = embedded();
  const [block] = /^pulumi stack init pr-123 [^]*?(?=^```)/m.exec(
    readFileSync(join(__dirname, "../../README.md"), "utf8"),
  )!;
  return block
    .replaceAll("pr-123", `pr-${pullRequest}`)
    .replace("--copy-config-from preview", `--copy-config-from ${from}`)
    .replace(/\S+\/api:\S+/, images.api)
    .replace(/\S+\/web:\S+/, images.web)
    .replaceAll(/^pulumi (up|destroy) /gm, "pulumi $1 --yes ")
    .trim()
    .split("\n");
}

describe("README's lines for Pulumi alone", () => {
  const first = new Preview(90711);
  const own = new Preview(90712);

  before(() => first.init());
  after(async () => {
    await own.close();
    await first.close();
  });

  it("bring a preview up from another one's configuration, and remove it", async () => {
    const lines = documented(own.pullRequest, first.stack);
    assert.equal(lines.length, 5);
    for (const line of lines) {
      if (line.startsWith("pulumi destroy")) {
        await own.reachable();
      }
      await execa("bash", ["-c", line], { cwd: testProject.folder });
    }
    assert.equal(await kubectl("get", "namespace", own.namespace, "--ignore-not-found", "--output=name"), "");
  });
});
