import assert from "node:assert/strict";
import { diagnostics, pulumi, resourceDone } from "../../lifecycle/pulumi";

describe("diagnostics", () => {
  it("are the errors that pulumi sums up, without progress and counts", () => {
    const output = [
      "Updating (pr-1):",
      " +  kubernetes:batch/v1:Job pr-1-api-migration **creating failed**",
      "Diagnostics:",
      "  kubernetes:batch/v1:Job (pr-1-api-migration):",
      "    error: relation does not exist",
      "",
      "Outputs:",
      '    url: "https://pr-1"',
      "Resources:",
      "    1 errored",
    ].join("\n");
    assert.equal(
      diagnostics(output, "pulumi up"),
      "pulumi up failed:\n  kubernetes:batch/v1:Job (pr-1-api-migration):\n    error: relation does not exist",
    );
  });

  it("are the last lines where pulumi sums nothing up", () => {
    assert.equal(
      diagnostics("error: no stack named 'pr-1' found", "pulumi up"),
      "pulumi up failed:\nerror: no stack named 'pr-1' found",
    );
  });
});

describe("pulumi", () => {
  it("that isn't there is named", () =>
    assert.rejects(pulumi({ project: __dirname, env: { PATH: __dirname }, onLine: () => undefined }, ["stack", "ls"]), {
      message: "pulumi stack ls failed:\npulumi is not on PATH",
    }));
});

describe("resourceDone", () => {
  const lines: [string, string | undefined][] = [
    [" +  kubernetes:apps/v1:Deployment pr-1-api created (2s) ", "Deployment pr-1-api created (2s)"],
    [" -  kubernetes:core/v1:Namespace pr-1 deleted (9s) ", "Namespace pr-1 deleted (9s)"],
    [
      " ~  kubernetes:apps/v1:Deployment pr-1-api updated (4s) [diff: ~spec]",
      "Deployment pr-1-api updated (4s) [diff: ~spec]",
    ],
    [" +  kubernetes:batch/v1:Job pr-1-m **creating failed** error: 4 errors occurred:", "Job pr-1-m creating failed"],
    [" +  kubernetes:apps/v1:Deployment pr-1-api creating (0s) Waiting for app ReplicaSet", undefined],
    ["@ updating....", undefined],
    ["Resources:", undefined],
  ];
  for (const [line, said] of lines) {
    it(`${said === undefined ? "has nothing to say of" : "sums up"} ${JSON.stringify(line)}`, () =>
      assert.equal(resourceDone(line), said));
  }
});
