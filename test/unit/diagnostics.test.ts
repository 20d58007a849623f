import assert from "node:assert/strict";
import { withAdvice } from "../../clients/pulumi/advice";
import { diagnostics, pulumi, resourceDone } from "../../clients/pulumi/pulumi";

describe("diagnostics", () => {
  it("are the errors in pulumi's summary, without progress and counts", () => {
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

  it("include what the backend refuses at the end", () =>
    assert.equal(
      diagnostics(["Diagnostics:", "  warning: w", "Resources:", "", "error: no room"].join("\n"), "pulumi up"),
      "pulumi up failed:\n  warning: w\nerror: no room",
    ));

  it("are the last lines when pulumi prints no summary", () => {
    assert.equal(
      diagnostics("error: no stack named 'pr-1' found", "pulumi up"),
      "pulumi up failed:\nerror: no stack named 'pr-1' found",
    );
  });
});

describe("next steps for diagnostics", () => {
  const request = (status: string, code: number) =>
    `failed to make http request: POST "https://api.cloudflare.com/client/v4/zones/z/dns_records": ${status} {"errors":[{"code":${code}}]}`;
  const failures: [string, RegExp | undefined][] = [
    ["error: write /b/.pulumi/history/p/pr-1/h.json.1.tmp: no space left on device", /disk is full: free some space/],
    ["error: open /b/.pulumi/locks/o/p/pr-1/l.json.1.tmp: read-only file system", /can't be written to/],
    ["error: open /b/.pulumi/locks/o/p/pr-1/l.json.1.tmp: permission denied", /can't be written to/],
    [
      "error: failed to load checkpoint: place 1: unexpected end of JSON input",
      /restore it from a backup, or remove it/,
    ],
    [request("400 Bad Request", 81058), /isn't this preview's, and it was left alone: delete it/],
    [request("503 Service Unavailable", 0), /Cloudflare is failing or refusing requests/],
    [request("409 Conflict", 1), /Cloudflare is failing or refusing requests/],
    [request("403 Forbidden", 10000), undefined],
    [
      "Problem executing program (could not run language executor): fork/exec /usr/bin/node: argument list too long",
      /settings are too large: .*128 KiB.*trustPublicCas/,
    ],
    ["error: the container said: /tmp/a: no space left on device", undefined],
    ["error: the container said: fork/exec /bin/a: argument list too long", undefined],
  ];
  for (const [text, advice] of failures) {
    it(`${advice === undefined ? "has none for" : "has one for"} ${text.slice(0, 110)}`, () =>
      advice === undefined ? assert.equal(withAdvice(text), text) : assert.match(withAdvice(text), advice));
  }
});

describe("pulumi", () => {
  it("is named when it isn't installed", () =>
    assert.rejects(
      pulumi({ project: __dirname, env: { PATH: __dirname }, onLine: () => undefined, report: () => undefined }, [
        "stack",
        "ls",
      ]),
      {
        message:
          'pulumi stack ls failed:\npulumi is not on PATH: install it or, with the embedded default, run eval "$(npm run -s env)" in the clone first',
      },
    ));
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
    it(`${said === undefined ? "ignores" : "summarizes"} ${JSON.stringify(line)}`, () =>
      assert.equal(resourceDone(line), said));
  }
});
