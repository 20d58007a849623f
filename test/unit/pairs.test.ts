import assert from "node:assert/strict";
import fc from "fast-check";
import { dependencies } from "../../cli/arguments";
import { choose, type Dependency, parseWith, type Ref, UserError, withText } from "../../contract";
import {
  backend,
  commit,
  isHarmless,
  messageOf,
  names,
  numbers,
  outside,
  repository,
  sha,
  sources,
  worker,
} from "./pair-texts";

const from = (where: string, repository: string, ref: Ref): Dependency => ({ where, repository, ref });
const nothing = { commandLine: [], manifest: [], line: [] };

describe("--with", () => {
  const given: [text: string, repository: string, ref: Ref][] = [
    ["myorg/backend#515", "myorg/backend", { pull: 515 }],
    [`MyOrg/back.end#515@${sha}`, "MyOrg/back.end", { pull: 515, sha }],
    [`myorg/backend@${sha}`, "myorg/backend", { commit: sha }],
  ];
  for (const [text, repository, ref] of given) {
    it(`takes ${text}`, () => {
      assert.deepEqual(parseWith(text), { repository, ref, where: "--with" });
    });
  }

  const wrong = [
    ...[
      "",
      "515",
      "#515",
      "myorg/backend",
      "backend#515",
      "myorg/backend#0",
      "myorg/backend#0515",
      "myorg/backend#1e3",
    ],
    ...[
      "myorg/backend#1000000000",
      "myorg/backend@main",
      "myorg/backend@4f5c2d1",
      `myorg/backend@${sha.toUpperCase()}`,
    ],
    ...[
      `myorg/backend#515@${sha}@${sha}`,
      `myorg/backend#@${sha}`,
      "myorg/..#1",
      "a/b/c#1",
      "-a/b#1",
      "myorg/backend#5\n",
    ],
    ...["https://github.com/myorg/backend/pull/515", "myorg/backend#515 ", "myorg/backend#515@"],
  ];
  for (const text of wrong) {
    it(`refuses ${JSON.stringify(text)}, with examples`, () => {
      assert.equal(
        messageOf(() => parseWith(text)),
        "--with must be a pull request or a commit of another repository: myorg/backend#515, myorg/backend#515@COMMIT or " +
          `myorg/backend@COMMIT, the commit in full (40 hexadecimal digits); got ${JSON.stringify(text)}`,
      );
    });
  }

  it("takes several, separated by commas or by its own repetition", () => {
    const [first, second] = ["myorg/backend#515", `myorg/worker@${sha}`];
    const both = [first, second].map(parseWith);
    assert.deepEqual(dependencies(`${first},${second}`), both);
    assert.deepEqual(dependencies(`${first}, ${second}`), both);
    assert.deepEqual(dependencies(second, dependencies(first)), both);
    assert.throws(() => dependencies(`${first},x`), /^\w+: It must be a pull request or a commit .*; got "x"$/);
  });

  it("refuses any other text with a message that is one harmless line", () => {
    fc.assert(
      fc.property(outside, (text) => {
        try {
          const { repository, ref } = parseWith(text);
          assert.match(repository, /^[\w-]+\/[\w.-]+$/);
          assert.ok(!("pull" in ref) || (ref.pull >= 1 && ref.pull <= 999999999));
        } catch (error) {
          assert.ok(error instanceof UserError);
          assert.ok(isHarmless(error.message) && error.message.length < 1000, error.message);
        }
      }),
    );
  });

  it("pins what a pair was resolved to", () => {
    const ref = fc.oneof(
      fc.record({ pull: numbers }),
      fc.record({ pull: numbers, sha: commit }),
      fc.record({ commit }),
      fc.record({ tag: names }),
      fc.record({ branch: names }),
    );
    fc.assert(
      fc.property(repository, ref, commit, fc.boolean(), (repository, ref, commit, isMerged) => {
        const resolved = { repository, ref, commit, image: "", ...(isMerged ? { merged: true as const } : {}) };
        const pinned = "pull" in ref && !isMerged ? { pull: ref.pull, sha: commit } : { commit };
        assert.deepEqual(parseWith(withText(resolved)), { repository, ref: pinned, where: "--with" });
      }),
    );
  });
});

describe("what a pair is to be", () => {
  it("is nothing in particular unless somebody asks", () => {
    assert.deepEqual(choose(sources, nothing), [{ source: backend }, { source: worker }]);
  });

  it("refuses repositories that aren't among the sources, wherever they are named", () => {
    const commandLine = [from("--with", "myorg/other", { pull: 1 })];
    const line = [from("the description, line 7", "myorg/else", { pull: 1 })];
    assert.equal(
      messageOf(() => choose(sources, { ...nothing, commandLine, line })),
      '--with: the setting sources has no repository "myorg/other"; known: myorg/backend, myorg/worker\n' +
        'the description, line 7: the setting sources has no repository "myorg/else"; known: myorg/backend, myorg/worker',
    );
    assert.equal(
      messageOf(() => choose([], { ...nothing, commandLine })),
      '--with: the setting sources has no repository "myorg/other"; known: none, since it is empty',
    );
  });

  it("refuses two wishes for one repository in one place", () => {
    const manifest = [
      from("preview-overrides.yaml:1", "myorg/backend", { pull: 515 }),
      from("preview-overrides.yaml:2", "MYORG/Backend", { tag: "v1.2" }),
    ];
    assert.equal(
      messageOf(() => choose(sources, { ...nothing, manifest })),
      "preview-overrides.yaml:2: asks for tag v1.2 of MYORG/Backend, but preview-overrides.yaml:1 asks for pull request 515; " +
        "all parts of a repository come from one commit",
    );
    const commandLine = [{ pull: 515 }, { pull: 515, sha }].map((ref) => from("--with", "myorg/backend", ref));
    assert.match(
      messageOf(() => choose(sources, { ...nothing, commandLine })),
      /^--with: asks for pull request 515 at 4f5c2d10+ of myorg\/backend, but --with asks for pull request 515; /,
    );
  });

  it("takes the command line before the manifest, and the manifest before the line", () => {
    // A repository asks at most once in each place, in any case of letters.
    const place = (where: string) =>
      fc
        .subarray(sources)
        .chain((some) =>
          fc.tuple(
            ...some.map(({ repository }) => fc.tuple(fc.constantFrom(repository, repository.toUpperCase()), numbers)),
          ),
        )
        .map((all) => all.map(([repository, pull]) => from(where, repository, { pull })));
    fc.assert(
      fc.property(place("--with"), place("manifest"), place("line"), (commandLine, manifest, line) => {
        const chosen = choose(sources, { commandLine, manifest, line });
        const model = new Map<string, Dependency>();
        for (const wish of [...line, ...manifest, ...commandLine]) {
          model.set(wish.repository.toLowerCase(), wish);
        }
        assert.deepEqual(
          chosen.map(({ source, dependency }) => [source, dependency]),
          sources.map((source) => [source, model.get(source.repository)]),
        );
      }),
    );
  });
});
