import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { SettingsInput } from "../../contract";
import { ask, eventually } from "../engine/http";
import { Preview } from "../engine/preview";
import { isWhole } from "../extent";
import { faultTest } from "./fault";
import { descendantsOf, signal } from "./processes";
import { closes, command, leftOf, smallProduct } from "./small-preview";

/** How many points in time to kill a command at, spread evenly over its duration. */
const tries = isWhole ? 40 : 4;
const points = Array.from({ length: tries }, (_, index) => (index + 0.5) / tries);

describe("a command that is killed", () => {
  const pullRequest = 90081;
  const preview = new Preview(pullRequest);
  let product: SettingsInput;
  let seconds: { up: number; close: number };

  before(async () => {
    product = await smallProduct();
    await preview.init(product);
    seconds = { up: await timed("up"), close: await timed("close") };
  });
  after(() => preview.close());

  faultTest("up, then close, each killed at any point", 2 * tries, async ({ recover, left }) => {
    const again = { up: bringUp, close: takeDown };
    const before = { up: takeDown, close: bringUp };
    const failures: string[] = [];
    const survives = async (verb: "up" | "close", point: number, alone: boolean) => {
      let after = point * seconds[verb];
      while (!(await killed(verb, after, alone))) {
        // The command finished before the kill: try an earlier point.
        after = point * seconds[verb];
        await before[verb]();
      }
      // Later points are tried even after one that fails.
      await recover(again[verb]).catch((error: unknown) => {
        failures.push(
          `${verb} killed after ${after.toFixed(1)} s, ${alone ? "alone" : "with all else"}: ${String(error)}`,
        );
      });
    };
    for (const [index, point] of points.entries()) {
      const alone = index % 2 === 0;
      await survives("up", point, alone);
      await survives("close", point, alone);
      left(await leftOf(preview, pullRequest));
      await preview.close();
    }
    assert.deepEqual(failures, []);
  });

  async function bringUp(): Promise<void> {
    await makeStack();
    const { exitCode, stderr } = await command(["up", String(pullRequest)]);
    assert.equal(exitCode, 0, stderr);
    await eventually(async () => assert.equal((await ask(`${preview.names.origin}/`)).status, 200));
  }

  /** Once stack and file are gone, nothing says where the preview was, and nothing needs to. */
  async function takeDown(): Promise<void> {
    if (preview.exists() || existsSync(preview.file)) {
      await closes(pullRequest);
    } else if (isLocked()) {
      // Only a leftover lock remains to be removed.
      await command(["close", String(pullRequest)]);
      assert.equal(isLocked(), false);
    }
  }

  const isLocked = () => existsSync(preview.locks) && readdirSync(preview.locks).length > 0;

  async function makeStack(): Promise<void> {
    if (!preview.exists()) {
      await preview.init(product);
    }
  }

  /**
   * Kills a command alone, like the out-of-memory killer, or with all its descendants, like a runner that goes away.
   *
   * @returns whether the command was still running
   */
  async function killed(verb: "up" | "close", after: number, alone: boolean): Promise<boolean> {
    await makeStack();
    const child = command([verb, String(pullRequest)]);
    const { durationMs } = await Promise.race([child, sleep(after * 1000, { durationMs: 0 })]);
    if (durationMs > 0) {
      seconds[verb] = durationMs / 1000;
      return false;
    }
    signal([child.pid!, ...(alone ? [] : descendantsOf(child.pid!))], "SIGKILL");
    return (await child).signal === "SIGKILL";
  }

  async function timed(verb: "up" | "close"): Promise<number> {
    const started = performance.now();
    const { exitCode, stderr } = await command([verb, String(pullRequest)]);
    assert.equal(exitCode, 0, stderr);
    return (performance.now() - started) / 1000;
  }
});
