import assert from "node:assert/strict";
import { execa } from "execa";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DeploymentRecord } from "../../contract";
import { checkout } from "../../embedded";
import { kubectl, query } from "../engine/kubectl";
import { placeOrder } from "../engine/orders";
import { otherSources, program } from "../engine/other-sources";
import { Preview, testProject } from "../engine/preview";
import { isWhole } from "../extent";
import { command } from "../faults/small-preview";

/** The previous commit that changed what previews consist of; its previews may still be up somewhere. */
const from = readFileSync(join(__dirname, "from"), "utf8").trim();

describe("an existing preview at the next commit", () => {
  if (!isWhole) {
    return;
  }
  const number = 90701;
  const sources = otherSources(testProject.name);
  const former = new Preview(number, {}, sources);
  const preview = new Preview(number);
  let order: number;

  before(async () => {
    await unpack(sources.folder);
    await former.init();
    await former.up();
    await former.reachable();
    order = await placeOrder(former.names.origin, "Ordered of the former commit");
  });
  after(async () => {
    await former.close();
    await preview.close();
    rmSync(sources.folder, { recursive: true });
  });

  const objects = async () => {
    const kinds = "deployments,statefulsets,persistentvolumeclaims,services,ingresses,networkpolicies,resourcequotas";
    const { items } = JSON.parse(await kubectl("get", kinds, "-n", preview.namespace, "-o", "json")) as {
      items: { kind: string; metadata: { name: string; uid: string } }[];
    };
    return items.map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.uid}`).sort();
  };

  const updates: Record<string, () => Promise<void>> = {
    "by preview up, in a checkout without its file": async () => {
      const { exitCode, stdout, stderr } = await command(["up", String(number)]);
      assert.equal(exitCode, 0, stderr + stdout);
      preview.output = stderr;
      const record = await preview.pulumi("stack", "output", "record", "--json", "--stack", preview.stack);
      const cluster = await kubectl("get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}");
      assert.equal((JSON.parse(record) as DeploymentRecord).cluster, cluster);
    },
    "by pulumi up, from the file that preview up wrote": () => preview.up(),
  };
  for (const [how, update] of Object.entries(updates)) {
    it(`is updated ${how}, without a replacement or a deletion, and keeps its rows`, async () => {
      const known = await objects();
      preview.output = "";
      await update();
      // A Job's pod is immutable: the migration runs again, with nothing to do.
      const lines = preview.output.split("\n").filter((line) => !/(:|› )Job /.test(line));
      assert.deepEqual(
        lines.filter((line) => /[:›] ?\w+ \S+ (replac|delet)(ed|ing)/.test(line)),
        [],
      );
      const now = await objects();
      assert.deepEqual(
        known.filter((object) => !now.includes(object)),
        [],
      );
      assert.equal(await query(preview.namespace, `select count(*) from orders_order where id = ${order}`), "1");
    });
  }
});

/** @throws if the repository's history does not go back that far */
async function unpack(folder: string): Promise<void> {
  const archive = await execa("git", ["archive", from, ...program], {
    cwd: checkout,
    encoding: "buffer",
    reject: false,
  });
  assert.equal(
    archive.exitCode,
    0,
    `the history of this clone has no commit ${from}: fetch it (git fetch --unshallow)`,
  );
  await execa("tar", ["--extract", `--directory=${folder}`], { input: archive.stdout });
}
