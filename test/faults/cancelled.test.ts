import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubectl, query } from "../engine/kubectl";
import { Preview } from "../engine/preview";
import { faultTest } from "./fault";
import { closes, command, leftOf, says, smallProduct } from "./small-preview";

describe("a command that is cancelled while it waits for its turn", () => {
  const number = 90084;
  const preview = new Preview(number);
  const run = (verb: string) => command([verb, String(number)]);

  before(async () => {
    await preview.init(await smallProduct());
    assert.equal((await run("up")).exitCode, 0);
    await query(preview.namespace, "create table kept ()");
  });
  after(() => preview.close());

  /** Takes the lock as a run on another machine would. Returns a function that releases it. */
  function lock(): () => void {
    const file = join(preview.locks, "00000000-0000-4000-8000-000000000000.json");
    mkdirSync(preview.locks, { recursive: true });
    const holder = { pid: 1, username: "ci", hostname: "another-runner", timestamp: new Date().toISOString() };
    writeFileSync(file, JSON.stringify(holder));
    return () => rmSync(file);
  }

  /** Runs each command until it waits, then sends Ctrl-C. */
  async function cancelled(...verbs: string[]): Promise<void> {
    const unlock = lock();
    try {
      for (const verb of verbs) {
        const waiting = run(verb);
        await says(waiting, /is locked by ci@another-runner/);
        process.kill(-waiting.pid!, "SIGINT");
        const { exitCode, stderr } = await waiting;
        assert.equal(exitCode, 130, stderr);
        assert.match(stderr, /stopped by Ctrl-C/);
        assert.doesNotMatch(stderr, /^\s+at /m, "a stack trace");
      }
    } finally {
      unlock();
    }
  }

  async function succeeds(verb: string): Promise<void> {
    const { exitCode, stderr } = await run(verb);
    assert.equal(exitCode, 0, stderr);
  }

  const replicas = () =>
    kubectl("get", "deployments,statefulsets", "-n", preview.namespace, "-o", "jsonpath={.items[*].spec.replicas}");

  faultTest("Ctrl-C while waiting for a lock: sleep, reset-db, up, wake", 2, async ({ recover, left }) => {
    await cancelled("sleep", "reset-db", "up");
    await recover(() => succeeds("up"));
    // Neither asleep nor reset.
    assert.equal(await replicas(), "1 1 1");
    assert.equal(await query(preview.namespace, "select count(*) from kept"), "0");
    await succeeds("sleep");
    await cancelled("wake");
    assert.equal(await replicas(), "0 0 0");
    await recover(() => succeeds("up"));
    assert.equal(await replicas(), "0 0 0");
    await closes(number);
    left(await leftOf(preview, number));
  });
});
