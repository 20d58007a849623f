import assert from "node:assert/strict";
import { networkRules } from "../../components/isolation";
import { settingsWith } from "./example-settings";

describe("networkRules", () => {
  it("lets requests to the web come from the controller's namespace, or from its addresses", () => {
    const from = (controller: { namespaceLabels?: Record<string, string>; cidr?: string }) =>
      networkRules(settingsWith({ ingress: { controller } }))["controller-to-web"]?.rule;
    assert.deepEqual(from({ namespaceLabels: { team: "edge" } }), {
      ingress: [
        { from: [{ namespaceSelector: { matchLabels: { team: "edge" } } }], ports: [{ protocol: "TCP", port: 3000 }] },
      ],
    });
    assert.deepEqual(from({ cidr: "10.0.0.0/8" }), {
      ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ protocol: "TCP", port: 3000 }] }],
    });
  });

  it("opens no way out but those of the settings, and none of them to the database's pods", () => {
    assert.equal(networkRules(settingsWith())["extra-egress"], undefined);
    const { pods, rule } = networkRules(settingsWith({ egress: [{ cidr: "192.0.2.0/24", ports: [443] }] }))[
      "extra-egress"
    ]!;
    assert.deepEqual(pods, ["api", "migration", "web"]);
    assert.deepEqual(rule, {
      egress: [{ to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ protocol: "TCP", port: 443 }] }],
    });
  });
});
