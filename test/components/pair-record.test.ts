import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import { PreviewStack } from "../../components";
import { deploymentRecord } from "../../components/program/record";
import { type DeploymentRecord, digestOf, leavesOf, type Pair, type SettingsInput } from "../../contract";
import { digest, minimal, settingsWith } from "../unit/example-settings";
import { record, startRecording } from "./recorder";

const commit = "b".repeat(40);
const image = `ghcr.io/myorg/api:${commit}@${digest}`;
const collabImage = `ghcr.io/myorg/collab:${commit}@${digest}`;
const resolved = { repository: "myorg/backend", ref: { pull: 515 }, commit };
const pair: Pair = { api: { ...resolved, image }, collab: { ...resolved, image: collabImage } };
const sources = Object.fromEntries(
  ["api", "collab"].map((part) => [
    part,
    { repository: "myorg/backend", branch: "main", image: `ghcr.io/myorg/${part}:\${sha}` },
  ]),
);
const given = {
  ...minimal,
  api: { image },
  services: { collab: { perCommit: true, image: collabImage, port: 8000 } },
  sources,
} satisfies SettingsInput;

/** The record that an update writes to the stack's outputs. */
function recorded(
  values: SettingsInput,
  handed?: { pair?: Pair },
  deployed?: Partial<DeploymentRecord>,
): DeploymentRecord {
  const leaves = leavesOf(values);
  return deploymentRecord({
    configuration: {
      given: values,
      leaves,
      secrets: [],
      shared: {},
      handoff: handed && { update: "1", record: "", secrets: [], ...handed },
    },
    settings: settingsWith(values),
    deployed: deployed as DeploymentRecord | undefined,
    cluster: "uid",
  }) as DeploymentRecord;
}

describe("the pair in a deployment's record", () => {
  before(startRecording);
  const formerly = { settings: {}, pair };
  const own = { ...given, api: { image: "ghcr.io/myorg/api:4f5c2d1" } };

  const table: [
    what: string,
    values: SettingsInput,
    handed: { pair?: Pair } | undefined,
    former: Pair | undefined,
    kept: Pair | undefined,
  ][] = [
    ["is what the command resolved", given, { pair }, undefined, pair],
    ["replaces the former one", given, { pair }, { api: { ...pair.api!, ref: { branch: "main" } } }, pair],
    ["stays when an update resolves none, as when a preview falls asleep", given, {}, pair, pair],
    ["stays in a plain pulumi up", given, undefined, pair, pair],
    ["stays for the parts that still run it", own, {}, pair, { collab: pair.collab! }],
    ["isn't kept by a plain pulumi up with other images", own, undefined, { api: pair.api! }, undefined],
    ["ends when the command gives all images", given, { pair: {} }, pair, undefined],
    ["counts only for the image that is deployed", own, { pair }, undefined, { collab: pair.collab! }],
    ["isn't there where there is none", minimal, { pair: {} }, undefined, undefined],
  ];
  for (const [what, values, handed, former, kept] of table) {
    it(what, () => {
      const found = recorded(values, handed, former && { ...formerly, pair: former });
      assert.deepEqual(found.pair, kept);
      assert.equal("pair" in found, kept !== undefined);
    });
  }

  it("is plain JSON, so that the outputs give back what was written", () => {
    const found = recorded(given, { pair });
    assert.equal(digestOf(JSON.parse(JSON.stringify(found)) as DeploymentRecord), digestOf(found));
    assert.notEqual(digestOf(recorded(given, {})), digestOf(found));
  });

  it("changes no record where there is none", () => {
    assert.equal(JSON.stringify(recorded(minimal, { pair: {} })), JSON.stringify(recorded(minimal, {})));
  });

  it("changes no resource, nor do the sources", async () => {
    const graph = async (values: SettingsInput) => {
      const settings = settingsWith(values);
      const resources = await record((parent) => {
        const cluster = new k8s.Provider("cluster", { context: settings.kubeContext });
        new PreviewStack(settings.names.namespace, { settings }, { parent, providers: [cluster] });
      });
      return resources.map(({ type, name, inputs }) => ({ type, name, inputs }));
    };
    assert.deepEqual(await graph(given), await graph({ ...given, sources: {} }));
  });
});
