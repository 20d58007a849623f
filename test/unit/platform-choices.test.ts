import assert from "node:assert/strict";
import { parse } from "yaml";
import type { SettingsInput } from "../../contract";
import { minimal, settingsWith } from "./example-settings";

const settings = (yaml: string) => settingsWith(parse(yaml) as SettingsInput);
const asRoot = { api: { ...minimal.api, uid: 0 } };

describe("what the platform must grant", () => {
  it("is not asked for by default", () => {
    const { podSecurity, workloads } = settingsWith();
    assert.equal(podSecurity, "restricted");
    assert.ok(Object.values(workloads).every(({ serviceAccount }) => serviceAccount === undefined));
  });

  it("takes the setting podSecurity for root, and names every part that wants to be root", () => {
    const services = "services: { edge: { image: 'nginx:1.27', uid: 0 }, cache: { image: 'redis:7.4', uid: 999 } }";
    assert.throws(() => settings(`{ ${services} }`), {
      message: /services\.edge\.uid: must not be 0, which is root, unless the setting podSecurity is baseline; got 0$/,
    });
    assert.throws(() => settingsWith({ ...asRoot, web: { ...minimal.web, uid: 0 } }), /api\.uid: [^]*web\.uid: /);
    assert.equal(settings(`{ podSecurity: baseline, ${services} }`).workloads.edge!.uid, 0);
    assert.equal(settingsWith({ ...asRoot, podSecurity: "baseline" }).workloads.api!.uid, 0);
  });

  it("has two standards, and no third", () => {
    assert.throws(() => settingsWith({ podSecurity: "privileged" as "baseline" }), /podSecurity: .*"baseline"/);
  });

  it("gives a part's rights to that part alone, not to one that is made from it", () => {
    const { workloads } = settings(`
services:
  runner: { from: api, serviceAccount: { clusterRole: job-runner } }
  copy: { from: runner }
`);
    assert.deepEqual(workloads.runner!.serviceAccount, { clusterRole: "job-runner" });
    assert.equal(workloads.copy!.serviceAccount, undefined);
  });

  it("wants the name of a ClusterRole, and nothing else", () => {
    assert.throws(() => settings("services: { runner: { from: api, serviceAccount: {} } }"), /clusterRole/);
    assert.throws(
      () => settings("services: { runner: { from: api, serviceAccount: { clusterRole: a, name: default } } }"),
      /services\.runner\.serviceAccount\.name: there is no such setting/,
    );
  });
});
