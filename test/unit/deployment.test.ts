import assert from "node:assert/strict";
import { deploymentIn } from "../../clients/pulumi/deployment";
import type { State } from "../../clients/pulumi/state";

const secret = (value: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const provider = {
  urn: "urn:pulumi:pr-1::preview::pulumi:providers:kubernetes::cluster",
  type: "pulumi:providers:kubernetes",
  inputs: { clusterIdentifier: "uid-of-the-provider" },
};
const stack = (outputs: Record<string, unknown>) => ({
  urn: "urn:pulumi:pr-1::preview::pulumi:pulumi:Stack::preview-pr-1",
  type: "pulumi:pulumi:Stack",
  outputs,
});
const state = (deployment: Partial<State["deployment"]>): State => ({ version: 3, deployment });

describe("what the state records of a deployment", () => {
  const record = {
    asleep: false,
    cluster: "uid",
    settings: { "api.secrets.T": secret("t") },
    secrets: ["api.secrets.T"],
  };

  it("is its record, with secrets decrypted", () => {
    const found = deploymentIn(state({ resources: [stack({ record, url: "https://pr-1.example.com" }), provider] }));
    assert.deepEqual(found.record?.settings, { "api.secrets.T": "t" });
    assert.deepEqual([found.cluster, found.outputs.url], ["uid", "https://pr-1.example.com"]);
  });

  it("is at least the cluster when an update has only begun", () => {
    const found = deploymentIn(state({ resources: [stack({}), provider] }));
    assert.deepEqual([found.record, found.cluster], [undefined, "uid-of-the-provider"]);
    assert.equal(deploymentIn(state({})).cluster, undefined);
  });

  it("is the key that a stack's file needs, for each kind of secrets provider", () => {
    const header = (secrets_providers: State["deployment"]["secrets_providers"]) =>
      deploymentIn(state({ secrets_providers })).header;
    assert.deepEqual(header({ type: "passphrase", state: { salt: "v1:a" } }), { encryptionsalt: "v1:a" });
    assert.deepEqual(header({ type: "cloud", state: { url: "awskms://alias/x", encryptedkey: "k" } }), {
      secretsprovider: "awskms://alias/x",
      encryptedkey: "k",
    });
    assert.equal(header({ type: "service", state: { url: "https://api.pulumi.com" } }), undefined);
    assert.equal(header(undefined), undefined);
  });
});
