import assert from "node:assert/strict";
import { clusterProblems, missingMiddlewares } from "../../components/program/preflight";
import { ownerLabels } from "../../contract";
import { settingsWith } from "./example-settings";

const settings = settingsWith();
const ingressClass = { kind: "IngressClass", metadata: { name: "traefik" } };
const namespace = (labels: Record<string, string>, phase = "Active") => ({
  kind: "Namespace",
  metadata: { name: "pr-123", labels },
  status: { phase },
});

describe("the preflight", () => {
  it("accepts an unused name, or a namespace of our own", () => {
    assert.deepEqual(clusterProblems(settings, [ingressClass]), []);
    assert.deepEqual(clusterProblems(settings, [ingressClass, namespace(ownerLabels(settings.owner))]), []);
  });

  it("reports a namespace of another owner", () => {
    const [problem] = clusterProblems(settings, [ingressClass, namespace({})]);
    assert.match(problem ?? "", /^namespace pr-123 .*another owner/);
  });

  it("says to wait while a namespace is being deleted", () => {
    const [problem] = clusterProblems(settings, [ingressClass, namespace(ownerLabels(settings.owner), "Terminating")]);
    assert.match(problem ?? "", /still being deleted/);
  });

  describe("of Traefik's middlewares", () => {
    const named = settingsWith({
      ingress: {
        annotations: { "traefik.ingress.kubernetes.io/router.middlewares": "ops-sso-login@kubernetescrd, limit@file" },
      },
    });
    const classOf = (controller: string) => ({ ...ingressClass, spec: { controller } });
    const traefik = classOf("traefik.io/ingress-controller");
    const middleware = { kind: "Middleware", metadata: { namespace: "ops", name: "sso-login" } };

    it("reports one that doesn't exist", () => {
      const [problem, ...more] = missingMiddlewares(named, [traefik], []);
      assert.match(problem ?? "", /^ingress\.annotations: .*ops-sso-login/);
      assert.deepEqual(more, []);
    });

    it("accepts one that exists, one that it may not look up, and another controller's", () => {
      assert.deepEqual(missingMiddlewares(named, [traefik], [middleware]), []);
      assert.deepEqual(missingMiddlewares(named, [traefik], undefined), []);
      assert.deepEqual(missingMiddlewares(named, [classOf("k8s.io/ingress-nginx")], []), []);
    });
  });

  it("reports an unknown ingress class along with another problem", () => {
    const problems = clusterProblems(settings, [namespace({})]);
    assert.equal(problems.length, 2);
    assert.match(problems[1]!, /^ingress\.className: .*"traefik"/);
  });
});
