import assert from "node:assert/strict";
import { networkRules } from "../../components/isolation";
import { missingGuards, requiredPolicies } from "../../contract";
import type { State } from "../../clients/pulumi/state";
import { policiesIn } from "../../lifecycle/inventory/deployed";
import { minimal, settingsWith } from "./example-settings";

/** A state with these NetworkPolicies, one of another namespace and a Service. */
function stateWith(policies: readonly string[]): State {
  const resource = (type: string, name: string, namespace = "pr-1") => ({
    urn: name,
    type: `kubernetes:${type}`,
    outputs: { metadata: { name, namespace } },
  });
  const kind = "networking.k8s.io/v1:NetworkPolicy";
  const others = [resource(kind, "other", "pr-2"), resource("core/v1:Service", "redis")];
  return {
    version: 3,
    deployment: { resources: [...policies.map((name) => resource(kind, name)), ...others] },
  };
}

describe("networkRules", () => {
  it("admits requests to the web from the controller's namespace or its addresses", () => {
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

  it("has at least the policies that every preview must have", () => {
    assert.deepEqual(Object.keys(networkRules(settingsWith())).sort(), requiredPolicies(["api", "web"]));
    assert.deepEqual(
      Object.keys(networkRules(settingsWith({ web: { enabled: false } }))).sort(),
      requiredPolicies(["api", "db"]),
    );
  });

  it("has those of services' own paths too, which are reported by name when they are missing, once an update has made them", () => {
    const policies = Object.keys(
      networkRules(
        settingsWith({
          web: { ...minimal.web, uses: ["redis"] },
          egress: [{ cidr: "192.0.2.0/24" }],
          services: { redis: { image: "redis:7.4", port: 6379, egress: [{ cidr: "198.51.100.0/24" }] } },
        }),
      ),
    ).sort();
    const [state, namespace] = [stateWith(policies), "pr-1"];
    assert.deepEqual(policiesIn(state, namespace), policies);
    const preview = { parts: ["api", "db", "redis", "web"], policies: policiesIn(state, namespace) };
    const own = ["extra-egress", "redis.egress", "redis.from.web", "web.to.redis"];
    const found = { policies: policies.filter((name) => !own.includes(name)), quotas: ["preview"] };
    assert.deepEqual(
      missingGuards(preview, found),
      own.map((name) => `NetworkPolicy ${name}`),
    );
    // What an older version deployed isn't known; what every preview has is reported all the same.
    assert.deepEqual(missingGuards({ parts: preview.parts }, found), []);
    assert.deepEqual(missingGuards({ ...preview, policies: own }, { policies: own, quotas: [] }).length, 8);
  });

  it("allows the paths that the stack needs and no others", () => {
    const rules = networkRules(settingsWith());
    const pods = (...values: string[]) => ({
      podSelector: { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values }] },
    });
    const tcp = (port: number) => [{ protocol: "TCP", port }];
    const inNamespace = (name: string) => ({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
    });
    assert.deepEqual(rules, {
      "default-deny": { pods: [], rule: {} },
      dns: {
        pods: [],
        rule: { egress: [{ to: [inNamespace("kube-system")], ports: [{ protocol: "UDP", port: 53 }, ...tcp(53)] }] },
      },
      "controller-to-web": { pods: ["web"], rule: { ingress: [{ from: [inNamespace("traefik")], ports: tcp(3000) }] } },
      "web-to-api": { pods: ["web"], rule: { egress: [{ to: [pods("api")], ports: tcp(8000) }] } },
      "api-from-web": { pods: ["api"], rule: { ingress: [{ from: [pods("web")], ports: tcp(8000) }] } },
      "api-to-database": { pods: ["api", "migration"], rule: { egress: [{ to: [pods("db")], ports: tcp(5432) }] } },
      "database-from-api": {
        pods: ["db"],
        rule: { ingress: [{ from: [pods("api", "migration")], ports: tcp(5432) }] },
      },
    });
  });

  it("lets the controller reach the API only when a setting routes something there", () => {
    assert.equal(networkRules(settingsWith())["controller-to-api"], undefined);
    for (const ingress of [{ apiHost: true }, { apiPaths: ["/ws/"] }]) {
      const rules = networkRules(settingsWith({ ingress }));
      assert.deepEqual(rules["controller-to-api"]?.pods, ["api"]);
      const [fromController] = rules["controller-to-web"]!.rule.ingress as object[];
      const toApi = { ...fromController, ports: [{ protocol: "TCP", port: 8000 }] };
      assert.deepEqual(rules["controller-to-api"].rule.ingress, [toApi]);
    }
  });

  it("opens only the egress of the settings, and none of it for the database's pods", () => {
    assert.equal(networkRules(settingsWith())["extra-egress"], undefined);
    const { pods, rule } = networkRules(settingsWith({ egress: [{ cidr: "192.0.2.0/24", ports: [443] }] }))[
      "extra-egress"
    ]!;
    assert.deepEqual(pods, ["api", "migration", "web"]);
    assert.deepEqual(rule, {
      egress: [{ to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ protocol: "TCP", port: 443 }] }],
    });
    const everywhere = networkRules(settingsWith({ egress: [{ cidr: "0.0.0.0/0" }] }))["extra-egress"]!;
    assert.deepEqual(everywhere.rule, {
      egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } }] }],
    });
  });
});
