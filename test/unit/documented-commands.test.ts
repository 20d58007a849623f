import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { program as preview } from "../../cli/program";
import { checkout } from "../../embedded/paths";
import { program as npm } from "../../embedded/program";

const { scripts } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** The mistake in a command line, by the command's own definition; undefined for none. */
function mistake(root: Command, [name = "", ...words]: readonly string[], isWhole: boolean): string | undefined {
  const command = root.commands.find((one) => one.name() === name);
  if (command === undefined) {
    return `no such command: ${name}`;
  }
  const end = words.indexOf("--");
  const flags = (end < 0 ? words : words.slice(0, end)).filter((word) => /^-/.test(word));
  const unknown = flags.find(
    (flag) => !command.options.some(({ long, short }) => [long, short].includes(flag.replace(/=.*/, ""))),
  );
  if (unknown !== undefined) {
    return `no such option: ${unknown}`;
  }
  if (!isWhole) {
    return undefined;
  }
  const given = command.parseOptions([...words]).operands.length;
  const takes = command.registeredArguments;
  const isTooMany = given > takes.length && takes.at(-1)?.variadic !== true;
  return isTooMany || given < takes.filter(({ required }) => required).length ? "takes other arguments" : undefined;
}

/** The mistake in a line of shell; null for a program other than `preview` and `npm`. */
function mistakeOf(line: string, isWhole: boolean): string | undefined | null {
  const bare = line
    .replace(/^eval "\$\((.*)\)"$/, "$1")
    .replace(/^([A-Z_]+=("[^"]*"|\S*)\s+)+/, "")
    .replace(/ > \S+$/, "");
  const [, own, rest = ""] = /^(npx (?:--no )?preview|preview|npm run(?: -s)?|npm) (.*)$/.exec(bare) ?? [];
  if (own === undefined || /^npm --prefix/.test(bare)) {
    return null;
  }
  const [name = "", ...words] = rest.split(/\s+/);
  if (own.endsWith("preview")) {
    return mistake(preview as unknown as Command, [name, ...words], isWhole);
  }
  if (!(name in scripts)) {
    return name === "ci" ? undefined : `no such script: ${name}`;
  }
  const isOurs = npm.commands.some((command) => command.name() === name);
  return isOurs ? mistake(npm, [name, ...(words[0] === "--" ? words.slice(1) : words)], isWhole) : undefined;
}

/**
 * What is wrong with the commands of a page: in its fences to the letter, in its text by their names and options. Other
 * programs' commands belong in a fence that says what they need, such as ```sh needs-cluster: nobody types those here.
 */
function mistakesIn(text: string): string[] {
  const fences = [...text.matchAll(/^ *```sh(.*)\n([^]*?)^ *```/gm)].flatMap(([, needs = "", block = ""]) => {
    const others = / needs-[a-z]+/.test(needs)
      ? undefined
      : "of another program, in a fence that doesn't say what it needs";
    const lines = block.split("\n").flatMap((line) => line.replace(/(^|\s)#.*/, "").split(/ && |; /));
    return lines.filter((line) => line.trim() !== "").map((line) => ({ line: line.trim(), isWhole: true, others }));
  });
  const prose = text.replaceAll(/^ *```[^]*?^ *```/gm, "");
  const spans = [...prose.matchAll(/`((?:npx )?preview [a-z-]+(?=[ `])[^`]*|npm [^`]+)`/g)].map(([, line = ""]) => ({
    line,
    isWhole: false,
    others: undefined,
  }));
  return [...fences, ...spans].flatMap(({ line, isWhole, others }) => {
    const found = mistakeOf(line, isWhole);
    const wrong = found === null ? others : found;
    return wrong === undefined ? [] : [`${line}: ${wrong}`];
  });
}

describe("the commands in the documentation", () => {
  for (const file of ["README.md", "CONTRIBUTING.md", ...globSync("docs/*.md", { cwd: checkout })]) {
    it(`${file}: each one exists`, () => {
      assert.deepEqual(mistakesIn(readFileSync(join(checkout, file), "utf8")), []);
    });
  }

  const faults: readonly [text: string, mistake: RegExp][] = [
    ["```sh\nnpx preview upp 1\n```", /no such command: upp/],
    ["```sh\nnpx preview up 1 --shaa x\n```", /no such option: --shaa/],
    ["```sh\nnpx preview close\n```", /takes other arguments/],
    ["```sh\nnpx preview sleep 1 2   # both\n```", /takes other arguments/],
    ["```sh\nnpm run lintt && npm start\n```", /no such script: lintt/],
    ["```sh\nnpm start -- --portt 1\n```", /no such option: --portt/],
    ["```sh\nkubectl get pods\n```", /doesn't say what it needs/],
    ["```sh needs-cluster\nnpx preview nothing\n```", /no such command: nothing/],
    ["| `preview status --logn` |", /no such option: --logn/],
  ];
  for (const [text, expected] of faults) {
    it(`are refused when they are wrong: ${text.replaceAll(/```\w*|\n/g, " ").trim()}`, () => {
      assert.match(mistakesIn(text).join(), expected);
    });
  }
});
