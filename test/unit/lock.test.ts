import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { type Lock, lockIn, provenEnded } from "../../clients/pulumi/stack-lock";
import { isRace, refusalIn } from "../../clients/pulumi/pulumi";

/** What Pulumi 3.259 prints for a locked stack in a folder backend. */
const refusal = `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///backend/.pulumi/locks/organization/preview/pr-1/0b1f3e57.json?no_tmp_dir=true: created by root@vm (pid 8472) at 2026-11-24T11:50:25Z`;

describe("a stack's lock", () => {
  it("isn't recognised in a product's output", () => {
    const output = ["Updating (pr-1):", "Diagnostics:", "  kubernetes:batch/v1:Job (pr-1-api-migration):", refusal];
    assert.equal(refusalIn(output.join("\n")), undefined);
    assert.equal(refusalIn(refusal), refusal);
  });

  it("isn't confused with a race between two runs, which is retried", () => {
    const vanished =
      "error: list bucket: blob (code=NotFound): lstat /backend/pr-1.json.tmp: no such file or directory";
    const givenBack =
      'error: could not create stack: blob (key ".pulumi/locks/organization/preview/pr-1/fe07.json") (code=NotFound): ' +
      "open /backend/.pulumi/locks/organization/preview/pr-1/fe07.json: no such file or directory";
    const races = [vanished, givenBack, "error: EOF", "error: failed to load checkpoint: EOF"];
    assert.deepEqual(races.map(isRace), [true, true, true, true]);
    assert.deepEqual([refusal, "error: no such file"].map(isRace), [false, false]);
  });

  it("is read from pulumi's error, and from no other", () => {
    const since = "2026-11-24T11:50:25Z";
    assert.deepEqual(lockIn(refusal), { holder: "root@vm", host: "vm", pid: 8472, since });
    assert.equal(lockIn("error: update failed: resource created by root@vm (pid 1) at noon"), undefined);
  });

  it("is respected on Pulumi Cloud, which doesn't name its owner", async () => {
    // As quoted in https://github.com/pulumi/pulumi/issues/3538
    const conflict =
      "Destroying (dev):\nerror: [409] Conflict: Another update is currently in progress.\nTo learn more …";
    const found = lockIn(refusalIn(conflict) ?? "");
    assert.deepEqual(found, { holder: "another update" });
    assert.equal(await provenEnded(found), false);
  });

  const lock = (own: Partial<Lock>): Lock => ({ holder: "x", host: hostname(), pid: 1, since: "", ...own });

  it("is proven stale when its process has ended on this machine", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    assert.equal(await provenEnded(lock({ pid: child.pid! })), true);
  });

  it("is respected while its pulumi is running", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "pulumi"]);
    try {
      await once(child, "spawn");
      assert.equal(await provenEnded(lock({ pid: child.pid! })), false);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("is respected when another machine holds it, until its run is proven to have ended", async () => {
    const elsewhere = lock({ host: "another", pid: 999_999_999 });
    assert.equal(await provenEnded(elsewhere), false);
    assert.equal(await provenEnded(elsewhere, () => Promise.resolve(true)), true);
  });
});
