import assert from "node:assert/strict";
import fc from "fast-check";
import { dependsOn } from "../../contract";
import { assertInside, isHarmless, messageOf, numbers, outside, sources } from "./pair-texts";

const origin = "https://github.com";
const url = `${origin}/myorg/backend/pull/515`;
const line = `Depends-On: ${url}`;
const found = (body: string) => dependsOn(body, { origin }, sources);

/** Descriptions, each with the line that counts; 0 where none does. */
const descriptions: [what: string, body: string, number: number][] = [
  ["a line of its own", `Adds a button.\n\n${line}\n\nMore.`, 3],
  ["nothing else", line, 1],
  ["CRLF", `a\r\n${line}\r\nb`, 2],
  ["another case of the key", `depends-on:${url}`, 1],
  ["white space around it", `   DEPENDS-ON: \t ${url} \t`, 1],
  ["a list's item", `Needs\n\n- ${line}`, 3],
  ["a numbered item, deeper", `1. a\n    1. ${line}`, 2],
  ["another case of the repository", line.replace("myorg/backend", "MyOrg/Backend"), 1],
  ["a comment beside it", `${line} <!-- backend -->`, 1],
  ["what follows a comment", `<!-- a\n-->\n${line}`, 3],
  ["what follows a comment with a quote in it", `<!-- a\n> b -->\n${line}`, 3],
  ["what follows code", `\`\`\`sh\ncode\n\`\`\`\n${line}`, 4],
  ["what follows code that begins a comment", `\`<!--\` begins a comment\n${line}`, 2],
  ["what follows a quoted comment", `> <!--\n\n${line}`, 3],
  ["the same twice", `${line}\n${line.replace("myorg/backend", "MYORG/backend")}`, 1],
  ["no line", "Adds a button.", 0],
  ["an empty body", "", 0],
  ["a line within a sentence", `This Depends-On: ${url}`, 0],
  ["another key", `Not-Depends-On: ${url}`, 0],
  ["a template's empty line", "Depends-On:\nDepends-On: <!-- URL -->", 0],
  ["a fence", `\`\`\`\n${line}\n\`\`\``, 0],
  ["a fence of tildes with a shorter one in it", `~~~~ text\n~~~\n${line}\n~~~~`, 0],
  ["a fence in a list", `- \`\`\`\n  ${line}\n  \`\`\``, 0],
  ["a fence that never ends", `\`\`\`\n${line}`, 0],
  ["code by indentation", `a\n\n    ${line}`, 0],
  ["code in a line", `\`${line}\``, 0],
  ["a comment", `<!-- ${line} -->`, 0],
  ["a comment of several lines", `<!--\n${line}\n-->`, 0],
  ["a second comment", `a <!-- b --> c <!--\n${line}\n-->`, 0],
  ["a quote", `> ${line}`, 0],
  ["a quote in a list", `- > ${line}`, 0],
];

const example = "must be the URL of a pull request and nothing else, such as https://github.com/myorg/backend/pull/515";
const notUrl = (value: string): [value: string, message: string] => [
  value,
  `the description, line 1: Depends-On ${example}; got ${JSON.stringify(value)}`,
];

const wrong: [value: string, message: string][] = [
  ...[
    "#515",
    "myorg/backend#515",
    "none",
    `${url}.`,
    `${url},`,
    `${url}/`,
    `${url}/files`,
    `${url}?a=b`,
    `${url}#a`,
  ].map(notUrl),
  ...[`<${url}>`, `[515](${url})`, `${url} and more`, `${url} ${url}`].map(notUrl),
  ...[`${origin}/myorg/backend/issues/515`, `${origin}/myorg/backend/pull/0`, `${origin}/myorg/backend/pull/0515`].map(
    notUrl,
  ),
  ...[`${origin}/myorg/../pull/5`, `${origin}/myorg/%2e%2e/pull/5`, `${origin}//myorg/backend/pull/5`].map(notUrl),
  ...["http://github.com/myorg/backend/pull/515", "https://github.com:8443/myorg/backend/pull/515"].map(notUrl),
  ...["https://github.com.evil.example/myorg/backend/pull/515", "https://a:b@github.com/myorg/backend/pull/515"].map(
    notUrl,
  ),
  ...["https://evil.example/myorg/backend/pull/515", "https://GitHub.com/myorg/backend/pull/515"].map(notUrl),
  [
    `${origin}/myorg/other/pull/5`,
    'the description, line 1: the setting sources has no repository "myorg/other"; known: myorg/backend, myorg/worker',
  ],
  ["x".repeat(5000), `the description, line 1: Depends-On ${example}; got "${"x".repeat(100)}"… (5000 characters)`],
];

describe("the line Depends-On of a description", () => {
  for (const [what, body, number] of descriptions) {
    it(`${number === 0 ? "isn't" : "is"} found in: ${what}`, () => {
      const where = `the description, line ${number}`;
      const repository = body.includes("MyOrg") ? "MyOrg/Backend" : "myorg/backend";
      assert.deepEqual(found(body), number === 0 ? [] : [{ repository, ref: { pull: 515 }, where }]);
    });
  }

  for (const [value, message] of wrong) {
    it(`refuses ${value.slice(0, 80)}`, () => {
      assert.equal(
        messageOf(() => found(`Depends-On: ${value}`)),
        message,
      );
    });
  }

  it("may name several repositories, but each with one pull request", () => {
    const worker = line.replace("backend", "worker");
    assert.deepEqual(
      found(`${line}\n${worker}`).map(({ repository }) => repository),
      ["myorg/backend", "myorg/worker"],
    );
    assert.equal(
      messageOf(() => found(`${line}\n\n${line.replace("515", "516")}\nDepends-On: me`)),
      `the description, line 4: Depends-On ${example}; got "me"\n` +
        "the description, line 3: asks for pull request 516 of myorg/backend, but the description, line 1 asks for pull request 515; " +
        "all parts of a repository come from one commit",
    );
  });

  it("may stand twenty times", () => {
    assert.equal(found(`${line}\n`.repeat(20)).length, 1);
    const message = messageOf(() => found(`${line}\n`.repeat(21)));
    assert.equal(message, "the description: has 21 Depends-On lines; at most 20 are allowed");
  });

  it("is another tool's where there are no sources", () => {
    assert.deepEqual(dependsOn("Depends-On: #5", { origin }, []), []);
  });

  it("has the port of the code host's origin", () => {
    const local = "http://127.0.0.1:8080";
    const [one] = dependsOn(`Depends-On: ${local}/myorg/backend/pull/5`, { origin: local }, sources);
    assert.deepEqual(one?.ref, { pull: 5 });
  });

  it("is found in time linear in the description's length", () => {
    const begun = performance.now();
    for (const piece of [
      "`",
      "``` ",
      "<!--",
      "-->",
      "- ",
      "> ",
      " ",
      "\n",
      "\t",
      "1. ",
      "Depends-On:",
      "Depends-On: \n",
      "~",
      "a`",
      "-",
    ]) {
      assert.ok(isHarmless(messageOf(() => found(piece.repeat(2 ** 18 / piece.length) + " x"))), piece);
      assert.ok(isHarmless(messageOf(() => found(`Depends-On:${piece.repeat(2 ** 16)} x`))), piece);
    }
    assert.ok(performance.now() - begun < 10_000);
  });

  it("throws nothing but a harmless message for any other text, and yields only what the sources allow", () => {
    const lines = outside.map((text) => `Depends-On: ${text}`);
    const urls = fc
      .tuple(fc.constantFrom(url, `${origin}/`, "/myorg/worker/pull/"), outside)
      .map(([start, end]) => `Depends-On: ${start}${end}`);
    fc.assert(
      fc.property(
        fc.oneof(
          outside,
          lines,
          urls,
          fc.array(fc.oneof(lines, urls, outside)).map((all) => all.join("\n")),
        ),
        (body) => {
          assertInside(() => found(body));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("gives back the number that was written", () => {
    fc.assert(
      fc.property(numbers, (pull) => {
        assert.deepEqual(found(`a\n- Depends-On: ${origin}/myorg/worker/pull/${pull}`)[0]?.ref, { pull });
      }),
    );
  });
});
