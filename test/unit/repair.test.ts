import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockIn } from "../../clients/pulumi/stack-lock";
import { refusalOf } from "../../clients/pulumi/pulumi";
import { refuseLocked } from "../../clients/pulumi/refuse-locked";
import { repairState } from "../../clients/pulumi/repair-state";

/** A fake `pulumi`: a state in a file, a new key if there is none, and a lock whose run ends before an import. */
const standIn = `#!${process.execPath}
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
if (!existsSync("Pulumi.pr-1.yaml")) writeFileSync("Pulumi.pr-1.yaml", "encryptionsalt: own\\n");
process.chdir(__dirname);
const words = process.argv.slice(2).join(" ");
const refuse = (message) => { console.error("error: " + message); process.exit(1); };
if (words.startsWith("stack export")) {
  process.stdout.write(readFileSync("state.json"));
} else if (words.startsWith("refresh")) {
  refuse(
    existsSync("locked")
      ? "the stack is currently locked by 1 lock(s).\\n  file:///x: created by root@vm (pid 1) at 2026-11-29T22:56:41Z"
      : "no resource named '" + process.argv[process.argv.indexOf("--target") + 1] + "' found",
  );
} else if (words.startsWith("stack import")) {
  writeFileSync("imported.json", readFileSync(0));
}
`;

describe("a state with a pending operation", () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-repair-"));
  const file = (name: string) => join(folder, name);
  before(() => {
    writeFileSync(file("pulumi"), standIn);
    writeFileSync(file("Pulumi.yaml"), "name: p\nruntime: nodejs\n");
    chmodSync(file("pulumi"), 0o755);
    const resource = {
      urn: "urn:pulumi:pr-1::p::kubernetes:apps/v1:Deployment::api",
      type: "kubernetes:apps/v1:Deployment",
    };
    const deployment = { resources: [resource], pending_operations: [{ type: "updating", resource }] };
    writeFileSync(file("state.json"), JSON.stringify({ version: 3, deployment }));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is read without writing to the checkout's own files", async () => {
    const checkout = mkdtempSync(join(tmpdir(), "preview-repair-"));
    writeFileSync(join(checkout, "Pulumi.yaml"), "name: p\nruntime: nodejs\n");
    const state = { version: 3, deployment: {} };
    await refuseLocked({ ...context, project: checkout }, "pr-1", state);
    assert.deepEqual(readdirSync(checkout), ["Pulumi.yaml"]);
    rmSync(checkout, { recursive: true });
  });

  const context = {
    project: folder,
    env: { PATH: `${folder}:${process.env.PATH}` },
    onLine: () => undefined,
    report: () => undefined,
  };
  const repair = () => repairState(context, "pr-1", { namespace: "pr-1", exists: true }, () => undefined);

  it("is left alone while a run holds the lock, even if that run ends a moment later", async () => {
    writeFileSync(file("locked"), "");
    try {
      await assert.rejects(repair(), (error) => lockIn(refusalOf(error) ?? "")?.holder === "root@vm");
    } finally {
      rmSync(file("locked"));
    }
    assert.equal(existsSync(file("imported.json")), false);
  });

  it("is repaired when no run is at work", async () => {
    const { pending } = await repair();
    assert.equal(pending.length, 1);
    const { deployment } = JSON.parse(readFileSync(file("imported.json"), "utf8")) as { deployment: object };
    assert.deepEqual((deployment as { pending_operations: object[] }).pending_operations, []);
  });
});
