import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killedPod } from "../../clients/kubernetes/rollout/killed";
import { errorLines } from "../../clients/kubernetes/rollout/error-lines";
import { serverErrors } from "../../clients/kubernetes/rollout/server-errors";

describe("the error lines of a log", () => {
  const traceback = [
    "Internal Server Error: /admin/",
    "Traceback (most recent call last):",
    '  File "/app/views.py", line 3, in view',
    "    raise ValueError(1)",
    "KeyError: 'a'",
    "",
    "The above exception was the direct cause of the following exception:",
    "",
    "Traceback (most recent call last):",
    "    raise OperationalError from error",
    'django.db.utils.OperationalError: FATAL:  password authentication failed for user "app"',
    "10.0.0.1 - GET /admin/ 500",
  ];
  const table: [title: string, log: readonly string[], lines: readonly string[]][] = [
    ["are none where nothing failed", ["Starting", "Listening on 8000, 0 errors"], []],
    ["are the last ones of Python's tracebacks", traceback, [traceback[0]!, traceback[4]!, traceback[10]!]],
    [
      "have no frame of a JavaScript stack",
      [" ⨯ TypeError: fetch failed", "    at async Error.page (x.js:1:2)", "  [cause]: Error: connect ECONNREFUSED"],
      [" ⨯ TypeError: fetch failed", "  [cause]: Error: connect ECONNREFUSED"],
    ],
    [
      "are known by their level",
      ["[7] [ERROR] worker", '{"level":"error","msg":"x"}', "level=info msg=y"],
      ["[7] [ERROR] worker", '{"level":"error","msg":"x"}'],
    ],
    ["are said once", ["Error: a", "Error: b", "Error: a"], ["Error: b", "Error: a"]],
    ["are the last five", [1, 2, 3, 4, 5, 6].map((n) => `Error: ${n}`), [2, 3, 4, 5, 6].map((n) => `Error: ${n}`)],
    ["are short", [`Error: ${"x".repeat(9000)}`], [`Error: ${"x".repeat(293)}…`]],
  ];
  for (const [title, log, lines] of table) {
    it(title, () => assert.deepEqual(errorLines(log.join("\n")), lines));
  }
});

describe("a pod that was killed while it was being deleted", () => {
  const event = (deletionTimestamp: string | undefined, ...ends: { exitCode: number; reason: string }[]) =>
    JSON.stringify({
      type: "MODIFIED",
      object: {
        metadata: { name: "web-1", deletionTimestamp },
        spec: { terminationGracePeriodSeconds: 60 },
        status: { containerStatuses: ends.map((terminated) => ({ state: { terminated } })) },
      },
    });
  const deleted = "2026-11-24T12:00:05Z";
  const killed = { exitCode: 137, reason: "Error" };
  const completed = { exitCode: 0, reason: "Completed" };

  it("is one whose container ended with SIGKILL", () => {
    for (const line of [event(deleted, killed), event(deleted, completed, killed)]) {
      assert.deepEqual(killedPod(line), { name: "web-1", graceSeconds: 60 });
    }
  });

  it("is none that ended otherwise, or isn't being deleted, and no other line", () => {
    const others = [
      event(undefined, killed),
      event(deleted, { exitCode: 137, reason: "OOMKilled" }),
      event(deleted, { exitCode: 143, reason: "Error" }),
      event(deleted),
      JSON.stringify({ type: "MODIFIED", object: { metadata: { name: "web-1", deletionTimestamp: deleted } } }),
      "Error from server (Forbidden)",
      "",
    ];
    assert.deepEqual(
      others.map(killedPod),
      others.map(() => undefined),
    );
  });
});

describe("what the servers have logged last", () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-stack-"));
  const { PATH } = process.env;
  const place = { kubeContext: "preview", namespace: "pr-1" };

  /** What each server logs, and the one value of the preview's Secrets; undefined where nobody may read those. */
  function kubectl(logs: { readonly api: string; readonly web: string }, secret?: string): void {
    const secrets = JSON.stringify({ items: [{ data: { password: Buffer.from(secret ?? "").toString("base64") } }] });
    const script = `#!/bin/sh
case "$*" in
  *deployment/api*) printf '%s\\n' '${logs.api}' ;;
  *deployment/web*) printf '%s\\n' '${logs.web}' ;;
  *secrets*) ${secret === undefined ? "exit 1" : `echo '${secrets}'`} ;;
esac
`;
    writeFileSync(join(folder, "kubectl"), script, { mode: 0o700 });
  }

  before(() => {
    process.env.PATH = `${folder}:${PATH}`;
  });
  after(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true });
  });

  it("are its errors, without secrets, and the setting that a known one leads to", async () => {
    kubectl(
      { api: "OSError: [Errno 30] Read-only file system: /data, key hunter2hunter2", web: "listening" },
      "hunter2hunter2",
    );
    assert.equal(
      await serverErrors({ place, isPublic: true }),
      [
        "The last errors in the log of api:",
        "  | OSError: [Errno 30] Read-only file system: /data, key ***",
        "Look at the setting api.writablePaths: everything else is read-only.",
      ].join("\n"),
    );
  });

  it("are its last lines where none of them has an error", async () => {
    kubectl({ api: "booted", web: "" }, "hunter2hunter2");
    assert.equal(await serverErrors({ place, isPublic: true }), "The last lines in the log of api:\n  | booted");
  });

  it("are kept to themselves where nobody can say what is secret, and others read them", async () => {
    kubectl({ api: "Error: hunter2hunter2", web: "" });
    assert.equal(await serverErrors({ place, isPublic: true }), "");
    assert.match(await serverErrors({ place, isPublic: false }), /hunter2hunter2/);
  });
});
