import assert from "node:assert/strict";
import type { Podman } from "../../embedded";

export async function assertNothingIsLeft(podman: Podman): Promise<void> {
  assert.equal(await podman.podman("ps", "--all", "--quiet"), "");
  assert.equal(await podman.podman("volume", "ls", "--quiet"), "");
  // podman's default network is always there.
  assert.equal(await podman.podman("network", "ls", "--quiet"), "podman");
}
