import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployed, deployedAwake } from "../../lifecycle/inventory/deployed";
import { existingPreview } from "../../lifecycle/inventory/preview";
import { deploy } from "../../lifecycle/up";
import type { Workspace } from "../../lifecycle/workspace";
import { fakeKubectl } from "./kubectl";

/**
 * A fake `pulumi`: `$STACKS` are its stacks, `$INIT` says how `stack init` goes, `$EXPORT` how `stack export`
 * fails, or `empty` where it works.
 */
const standIn = `#!/bin/sh
echo "$*" >> "$(dirname "$0")/log"
case "$1 $2" in
  "stack ls") echo "$STACKS" ;;
  "stack init")
    [ "$INIT" = refused ] || echo "Created stack '$3'"
    [ "$INIT" = made ] || { echo "error: no room"; exit 1; } ;;
  "stack export")
    [ "$EXPORT" != empty ] || { echo '{ "version": 3, "deployment": {} }'; exit 0; }
    echo "error: $EXPORT"; exit 1 ;;
esac
`;

describe("a command for a pull request that has no preview", () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-deploy-"));
  const log = join(folder, "log");
  before(() => {
    writeFileSync(join(folder, "pulumi"), standIn);
    writeFileSync(join(folder, "Pulumi.yaml"), "name: p\nruntime: nodejs\n");
    writeFileSync(join(folder, "Pulumi.preview.yaml"), "config: { p:kubeContext: c, p:domain: d.example }\n");
    chmodSync(join(folder, "pulumi"), 0o755);
  });
  beforeEach(() => rmSync(log, { force: true }));
  after(() => rmSync(folder, { recursive: true }));

  const workspace = (
    stacks: readonly string[],
    { init = "made", exporting = "the backend is gone" } = {},
  ): Workspace => ({
    project: folder,
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      STACKS: JSON.stringify(stacks.map((name) => ({ name }))),
      INIT: init,
      EXPORT: exporting,
    },
    onLine: () => undefined,
    report: () => undefined,
    run: { isWorkflow: false },
    interruption: new AbortController().signal,
    codeHost: () => undefined,
    otherCodeHost: () => assert.fail("no other repository is asked"),
    registry: () => assert.fail("no registry is asked"),
    zone: () => assert.fail("no zone is asked"),
  });
  const isCalled = (command: string) => existsSync(log) && readFileSync(log, "utf8").includes(command);

  it("says so, and suggests a command that works", async () => {
    const exporting = "no stack named 'pr-9' found";
    for (const command of [existingPreview, deployed, deployedAwake]) {
      await assert.rejects(command(workspace(["preview"], { exporting }), 9), {
        message:
          "pull request 9 has no preview here: this backend has no stack pr-9; preview up 9 --api IMAGE --web IMAGE makes one",
      });
      await assert.rejects(command(workspace(["pr-1"], { exporting }), 9), {
        message:
          "pull request 9 has no preview here: this backend has no stack pr-9; " +
          "preview status lists the existing previews, and README.md says how to create one",
      });
    }
  });

  it("leaves no empty stack behind after a failed up, unless another run created it", async () => {
    const table: [stacks: string[], init: string, removes: boolean][] = [
      [["preview"], "made", true],
      [["preview"], "broken", true],
      [["preview"], "refused", false],
      [["preview", "pr-9"], "made", false],
    ];
    for (const [stacks, init, removes] of table) {
      rmSync(log, { force: true });
      await assert.rejects(deploy(workspace(stacks, { init }), 9, undefined, { usesFile: true }), {
        name: "UserError",
      });
      assert.equal(isCalled("stack rm pr-9"), removes, `${stacks.join(" and ")}, ${init}`);
    }
  });

  describe("whose settings are invalid", () => {
    const kubectl = fakeKubectl();
    const pinned = { api: "ghcr.io/myorg/api:4f5c2d1", web: "ghcr.io/myorg/web:4f5c2d1" };
    const tried = (settings: Record<string, unknown>) => {
      kubectl.answers("echo 'Unable to connect to the server' >&2; exit 1");
      const place = workspace(["preview"], { exporting: "empty" });
      return deploy(place, 9, undefined, { settings, images: pinned, usesFile: true });
    };

    it("fails with all of them before the cluster is asked", async () => {
      await assert.rejects(tried({ product: "Shop", "api.env.A": "${nope}", "api.secrets.B": { secure: "v1:a" } }), {
        name: "SettingsError",
        message: /2 settings are invalid.*\n {2}product: .*\n {2}api\.env\.A: there is no value \$\{nope\}/,
      });
      assert.deepEqual(kubectl.calls(), [""]);
    });

    it("leaves to the program what it can't judge, since it is encrypted", async () => {
      for (const encrypted of ["web.livePath", "api.secrets", "trustedCa", "ttlDays"]) {
        const leaves = { product: "shop", "api.env.A": "${nope}", [encrypted]: { secure: "v1:a" } };
        await assert.rejects(tried(leaves), /Unable to connect to the server/, encrypted);
      }
    });

    it("asks the cluster where they are valid, other programs' and secrets included", async () => {
      const secrets = ["secrets.A", "api.secrets.B", "services.my-redis.secrets.C", "registry.password"];
      const valid = {
        product: "shop",
        ttlDays: "7",
        "cloudflare:apiBaseUrl": "http://127.0.0.1",
        "api.env.A": "${secret.A}",
        "services.my-redis.image": "redis:7.4",
        "registry.server": "ghcr.io",
        "registry.username": "bot",
        ...Object.fromEntries(secrets.map((path) => [path, { secure: "v1:a" }])),
      };
      await assert.rejects(tried(valid), /Unable to connect to the server/);
    });
  });

  it("requires a stack named preview for up, unless the command says where the preview goes", async () => {
    const placed = { kubeContext: "c", domain: "d.example" };
    const tried = (settings?: Record<string, string>) =>
      deploy(workspace([]), 9, undefined, { settings, usesFile: true });
    await assert.rejects(tried(), /neither a stack pr-9 nor a stack preview/);
    assert.equal(isCalled("stack init"), false);
    await assert.rejects(tried(placed), /the backend is gone/);
    assert.equal(isCalled("stack init pr-9"), true);
  });
});
