import assert from "node:assert/strict";
import fc from "fast-check";
import { changesByHand, type DeploymentRecord, type Leaves, recordOf } from "../../contract";
import { refuseTooLarge, sizeOf } from "../../lifecycle/change/size";
import { compose, type Sources } from "../../lifecycle/desired";
import { merge } from "../../lifecycle/desired/merge";
import { isSameButForSleep } from "../../lifecycle/up/superseded";

describe("merging a stack's file with what is deployed", () => {
  const cases: [string, file: unknown, copy: unknown, deployed: unknown, wanted: unknown][] = [
    ["keeps what nobody has changed", "1", "1", "1", "1"],
    ["takes what was deployed elsewhere", "1", "1", "2", "2"],
    ["takes what the file has changed", "2", "1", "1", "2"],
    ["takes what both have changed to the same", "2", "1", "2", "2"],
    ["takes a removal from the file", undefined, "1", "1", undefined],
    ["takes a removal elsewhere", "1", "1", undefined, undefined],
    ["takes a leaf that is new in the file", "1", undefined, undefined, "1"],
    ["takes a leaf that is new elsewhere", undefined, undefined, "1", "1"],
    ["compares lists as a whole", ["a"], ["a"], ["a", "b"], ["a", "b"]],
  ];
  const leaves = (value: unknown): Leaves => (value === undefined ? {} : { "api.x": value });
  for (const [title, file, copy, deployed, wanted] of cases) {
    it(title, () => {
      assert.deepEqual(merge(leaves(file), leaves(copy), leaves(deployed)), { leaves: leaves(wanted), conflicts: [] });
    });
  }

  it("reports a conflict when both changed a leaf to different values", () => {
    assert.deepEqual(merge({ a: "2" }, { a: "1" }, { a: "3" }).conflicts, [{ path: "a", file: "2", deployed: "3" }]);
    assert.deepEqual(merge({}, { a: "1" }, { a: "3" }).conflicts, [{ path: "a", file: undefined, deployed: "3" }]);
  });

  it("without a deployment from here, keeps what the file omits and reports what differs as a conflict", () => {
    assert.deepEqual(merge({}, undefined, { a: "1" }), { leaves: { a: "1" }, conflicts: [] });
    assert.deepEqual(merge({ a: "2" }, undefined, { a: "1" }).conflicts, [{ path: "a", file: "2", deployed: "1" }]);
  });

  it("keeps every change made on one side only", () => {
    const some = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom("1", "2"));
    fc.assert(
      fc.property(some, some, some, (file, copy, deployed) => {
        const { leaves: merged, conflicts } = merge(file, copy, deployed);
        const isConflict = (path: string) => conflicts.some((one) => one.path === path);
        for (const path of ["a", "b", "c"].filter((one) => !isConflict(one))) {
          const expected = file[path] === copy[path] ? deployed[path] : file[path];
          assert.equal(merged[path], expected);
        }
      }),
    );
  });
});

describe("composing the desired state", () => {
  const shared = { domain: "d", "quota.pods": 20 };
  const record = (settings: Leaves, asleep = false): DeploymentRecord =>
    recordOf({ asleep, cluster: "uid", secrets: [] }, settings, shared);
  const deployed = record({ domain: "d", "quota.pods": 20, "api.image": "b1", "web.image": "w1" }, true);
  const sources = (more: Partial<Sources>): Sources => ({ stack: "pr-7", shared, given: {}, ...more });
  const file = (settings: Leaves, copy?: Leaves) => ({ header: {}, settings, secrets: [], copy });

  it("starts from the shared settings when nothing was deployed and no file says more", () => {
    assert.deepEqual(compose(sources({ given: { "api.image": "b1" } })).leaves, { ...shared, "api.image": "b1" });
  });

  it("keeps what is deployed, sleep included, except for what the command changes", () => {
    const { leaves } = compose(sources({ deployed, given: { "web.image": "w2" } }));
    assert.deepEqual(leaves, { ...shared, "api.image": "b1", "web.image": "w2", asleep: "true" });
  });

  it("ignores an old file in a checkout, but applies a change to it", () => {
    const copy = { ...shared, "api.image": "b0", "web.image": "w0" };
    const { leaves } = compose(sources({ deployed, file: file({ ...copy, "quota.pods": 30 }, copy) }));
    assert.deepEqual([leaves["api.image"], leaves["quota.pods"], leaves.asleep], ["b1", 30, "true"]);
  });

  it("refuses a conflict, naming both values and the way out, unless the command decides it", () => {
    const both = sources({ deployed, file: file({ ...shared, "api.image": "b9", "web.image": "w1" }) });
    assert.throws(
      () => compose(both),
      /api\.image: "b9" in the file, "b1" deployed\n.*delete the file.*pulumi up --stack pr-7/,
    );
    assert.equal(compose({ ...both, given: { "api.image": "b3" } }).leaves["api.image"], "b3");
  });

  it("shows no secret in a conflict", () => {
    const of = { ...record({ "api.secrets.T": "hidden-1" }), secrets: ["api.secrets.T"] };
    const other = { ...file({ "api.secrets.T": "hidden-2" }), secrets: ["api.secrets.T"] };
    assert.throws(
      () => compose(sources({ deployed: of, file: other })),
      (error: Error) => {
        assert.match(error.message, /api\.secrets\.T: a secret in the file, a secret deployed/);
        assert.doesNotMatch(error.message, /hidden/);
        return true;
      },
    );
  });

  it("leaves out the database's generation when the file does, and otherwise uses the one reset since", () => {
    assert.equal("database.generation" in compose(sources({ deployed, generation: 3 })).leaves, false);
    const written = { ...shared, "api.image": "b1", "web.image": "w1", "database.generation": 2 };
    const { leaves } = compose(sources({ deployed, generation: 3, file: file(written, written) }));
    assert.equal(leaves["database.generation"], 3);
  });

  it("keeps a preview's own secrets secret and leaves shared ones as they are", () => {
    const secret = { secure: "v1:x" };
    const common = { ...shared, "registry.password": secret };
    const of = recordOf(
      { asleep: false, cluster: "uid", secrets: ["api.secrets.T", "registry.password"] },
      { ...shared, "registry.password": "p", "api.secrets.T": "t" },
      common,
    );
    const composition = compose({ stack: "pr-7", shared: common, deployed: of, given: {} });
    assert.deepEqual(composition.secrets, ["api.secrets.T"]);
    assert.equal(composition.leaves["registry.password"], secret);
  });
});

describe("what another run has deployed since", () => {
  const seen = recordOf(
    { update: "1", commit: "c", asleep: false, cluster: "uid", secrets: [] },
    { "api.image": "b1" },
    {},
  );

  it("is the same when the preview was only put to sleep or deployed again", () => {
    assert.ok(isSameButForSleep({ ...seen, update: "2", asleep: true }, seen));
    assert.ok(isSameButForSleep(undefined, undefined));
  });

  it("differs when anything else has changed, or nothing was deployed", () => {
    for (const other of [undefined, { ...seen, commit: "d" }, { ...seen, settings: { "api.image": "b2" } }]) {
      assert.ok(!isSameButForSleep(other, seen));
    }
  });
});

describe("what a plain pulumi up changes", () => {
  it("is outdated when the file is as it was deployed from here", () => {
    const { older, unsure } = changesByHand({ a: "1", b: "1" }, { a: "2", b: "1" }, { a: "1", b: "1" });
    assert.deepEqual([older, unsure], [[{ path: "a", ordered: "1", deployed: "2" }], []]);
  });

  it("is intended when only the file has changed, and uncertain when both have or it is unknown", () => {
    assert.deepEqual(changesByHand({ a: "2" }, { a: "1" }, { a: "1" }), { older: [], unsure: [] });
    const difference = [{ path: "a", ordered: "2", deployed: "3" }];
    assert.deepEqual(changesByHand({ a: "2" }, { a: "3" }, { a: "1" }), { older: [], unsure: difference });
    assert.deepEqual(changesByHand({ a: "2" }, { a: "3" }), { older: [], unsure: difference });
  });
});

describe("settings that are too large for Pulumi to pass to the program", () => {
  const kib = (size: number) => "x".repeat(size * 1024);

  it("are refused, naming the largest and how to do without the public CAs", () => {
    const leaves = {
      domain: "d",
      trustedCa: kib(220),
      "api.env.A": kib(20),
      "api.env.B": kib(20),
      "web.env.C": kib(1),
    };
    assert.throws(
      () => refuseTooLarge(leaves, "preview"),
      (error: Error) => {
        assert.match(error.message, /take 262 KiB together, and nothing was changed: .* holds 128 KiB/);
        assert.ok(
          error.message.includes("\n  trustedCa: 221 KiB\n  api.env: 41 KiB\n  web.env: 2 KiB\n"),
          error.message,
        );
        assert.match(error.message, /trustPublicCas adds them/);
        return true;
      },
    );
    assert.throws(
      () => refuseTooLarge({ "api.env.A": kib(2048) }, "preview"),
      (error: Error) => {
        assert.ok(error.message.endsWith("\n  api.env: 2049 KiB"), error.message);
        return true;
      },
    );
  });

  it("are measured as Pulumi passes them, a secret by its encrypted length", () => {
    assert.equal(
      sizeOf({ domain: "d<", "api.env.A": 'é"\n', "api.command": ["a", 1] }, "p"),
      String.raw`{"p:domain":"d\u003c","p:api":"{\"env\":{\"A\":\"é\\\"\\n\"},\"command\":[\"a\",1]}"}`.length + 1,
    );
    const secure = `v1:bm9uY2Vub25jZQ==:${Buffer.alloc(1016).toString("base64")}`;
    assert.equal(sizeOf({ "api.secrets.A": { secure } }, "p"), sizeOf({ "api.secrets.A": "x".repeat(1000) }, "p"));
    refuseTooLarge({ trustedCa: kib(120) }, "preview");
  });
});
