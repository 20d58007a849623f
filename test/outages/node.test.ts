import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { SettingsInput } from "../../contract";
import { ensureModule, nodePort, startNode, stopDaemon } from "../../embedded";
import { ask, eventually } from "../engine/http";
import { kubectl } from "../engine/kubectl";
import { Preview } from "../engine/preview";
import { isWhole } from "../extent";
import { faultTest } from "../faults/fault";
import { closes, command, leftOf, smallProduct } from "../faults/small-preview";

const number = 90086;

interface NodeFault {
  readonly daemon: "kube-apiserver" | "etcd" | "containerd";
  readonly during: "up" | "close";
  /** Seconds for which it is stopped. */
  readonly seconds: number;
}

const all: readonly NodeFault[] = [
  { daemon: "kube-apiserver", during: "up", seconds: 20 },
  { daemon: "kube-apiserver", during: "close", seconds: 20 },
  { daemon: "etcd", during: "up", seconds: 2 },
  { daemon: "etcd", during: "close", seconds: 2 },
  { daemon: "containerd", during: "up", seconds: 2 },
  { daemon: "containerd", during: "close", seconds: 2 },
];
const faults = isWhole ? all : all.slice(0, 1);

/** Daemons of the cluster that stop in the middle of a command and come back. */
describe("a cluster with an outage", () => {
  const preview = new Preview(number);
  let product: SettingsInput;

  before(async () => {
    product = await smallProduct();
  });
  afterEach(startAgain);
  after(() => preview.close());

  for (const { daemon, during, seconds } of faults) {
    faultTest(`${daemon} stopped for ${seconds} s during ${during}`, 1, async ({ recover, left }) => {
      await preview.init(product);
      if (during === "close") {
        await succeeds("up");
      }
      const running = command([during, String(number)]);
      await begun(during);
      await stopDaemon(daemon);
      await sleep(seconds * 1000);
      await startAgain();
      const { exitCode, stderr } = await running;
      if (exitCode !== 0) {
        assert.match(stderr, /refused|can't be reached|EOF|timed? ?out|unreachable|not? ready|etcd/i);
      }
      if (during === "up") {
        await recover(() => succeeds("up"));
        await eventually(async () => assert.equal((await ask(`${preview.names.origin}/`)).status, 200));
        await closes(number);
      } else if (preview.exists()) {
        await recover(async () => void (await closes(number)));
      } else {
        await recover(() => Promise.resolve());
      }
      left(await leftOf(preview, number));
    });
  }

  /** Waits until the command is halfway through. */
  async function begun(what: NodeFault["during"]): Promise<void> {
    await eventually(async () => {
      const pods = await kubectl(
        "get",
        "pods",
        "-n",
        preview.namespace,
        "-o",
        "jsonpath={.items[*].metadata.deletionTimestamp}/{.items[*].metadata.name}",
      );
      const [ending, names] = pods.split("/");
      assert.notEqual(what === "up" ? names : ending, "");
    });
  }

  async function succeeds(...args: string[]): Promise<void> {
    const { exitCode, stderr } = await command([...args, String(number)]);
    assert.equal(exitCode, 0, stderr);
  }
});

/** Starts what isn't running, and waits until the node has recovered. */
async function startAgain(): Promise<void> {
  const [nodeBin, traefikBin] = await Promise.all([
    ensureModule("node", () => undefined),
    ensureModule("traefik", () => undefined),
  ]);
  await startNode({ nodeBin, traefikBin, port: nodePort(), report: () => undefined });
}
