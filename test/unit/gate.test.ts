import assert from "node:assert/strict";
import { gate } from "../../components/pod";
import { mayReachApiServer, type SettingsInput } from "../../contract";
import { settingsWith } from "./example-settings";

describe("the gate of a pod", () => {
  const egress = (...rules: NonNullable<SettingsInput["egress"]>) => settingsWith({ egress: rules }).egress;

  it("probes the Kubernetes API unless the settings may let pods connect to it", () => {
    assert.equal(mayReachApiServer(egress()), false);
    assert.equal(mayReachApiServer(egress({ cidr: "0.0.0.0/0" })), true);
    assert.equal(mayReachApiServer(egress({ cidr: "10.0.0.0/8", ports: [443] })), true);
    assert.equal(mayReachApiServer(egress({ cidr: "fd00::/8", ports: [8443] })), true);
    assert.equal(mayReachApiServer(egress({ cidr: "203.0.113.7/32", ports: [443] })), false);
    assert.equal(mayReachApiServer(egress({ namespaceLabels: { team: "mail" } })), false);
  });

  const checks = (settings: SettingsInput, hasEgress: boolean) => {
    const given = settingsWith(settings);
    const { env } = gate(given, { needs: [], egress: hasEgress ? given.egress : [] });
    return (env as { name: string; value: string }[]).find(({ name }) => name === "CHECKS_ISOLATION")?.value;
  };

  it("doesn't probe it when the setting says so, nor for pods that have the egress", () => {
    const everywhere = [{ cidr: "0.0.0.0/0" }];
    assert.equal(checks({}, true), "true");
    assert.equal(checks({ isolation: "unchecked" }, false), "false");
    assert.equal(checks({ egress: everywhere }, true), "false");
    assert.equal(checks({ egress: everywhere }, false), "true");
  });

  it("runs the database's image, or the one in the setting", () => {
    const imageOf = (settings: SettingsInput) => gate(settingsWith(settings), { needs: [], egress: [] }).image;
    assert.equal(imageOf({ database: { image: "postgres:17" } }), "postgres:17");
    assert.equal(imageOf({ gateImage: "debian:12" }), "debian:12");
  });
});
