import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import { PreviewStack } from "../../components";
import type { SettingsInput } from "../../contract";
import { minimal, settingsWith } from "../unit/example-settings";
import { record, type Recorded, startRecording } from "./recorder";

async function graph(values: SettingsInput) {
  const settings = settingsWith(values);
  return record((parent) => {
    const cluster = new k8s.Provider("cluster", { context: settings.kubeContext });
    new PreviewStack(settings.names.namespace, { settings }, { parent, providers: [cluster] });
  });
}

interface Pod {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: Record<string, unknown>;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
}
interface Container {
  readonly securityContext: Record<string, unknown> & { readonly capabilities: object };
}
const typed = (resources: readonly Recorded[], type: string) => resources.filter((one) => one.type.endsWith(type));
const named = (resources: readonly Recorded[], name: string) =>
  resources.filter(({ inputs }) => (inputs.metadata as { name?: string } | undefined)?.name === name);
const podOf = (resources: readonly Recorded[], name: string): Pod => {
  const workload = named([...typed(resources, ":Deployment"), ...typed(resources, ":StatefulSet")], name)[0]!;
  return (workload.inputs.spec as { template: { spec: Pod } }).template.spec;
};

describe("what the platform must grant, in the graph", () => {
  let resources: Recorded[];
  before(async () => {
    await startRecording();
    resources = await graph({
      podSecurity: "baseline",
      api: { ...minimal.api, uid: 0 },
      services: {
        edge: { image: "nginx:1.27", uid: 0 },
        runner: { from: "api", uid: 1000, serviceAccount: { clusterRole: "job-runner" } },
      },
    });
  });

  it("is on the namespace's label", () => {
    const { labels } = typed(resources, ":Namespace")[0]!.inputs.metadata as { labels: Record<string, string> };
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "baseline");
    assert.equal(labels["pod-security.kubernetes.io/warn"], "baseline");
  });

  it("lets a part be root that asks for it, with what an entrypoint needs and no more, and no other part", () => {
    const { securityContext, containers, initContainers } = podOf(resources, "edge");
    assert.deepEqual(
      [securityContext.runAsUser, securityContext.runAsGroup, securityContext.runAsNonRoot],
      [0, 0, false],
    );
    assert.deepEqual(containers[0]!.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: {
        drop: ["ALL"],
        add: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"],
      },
    });
    assert.equal(initContainers[0]!.securityContext.runAsUser, 65534);
    for (const name of ["web", "db", "runner"]) {
      const { securityContext, containers } = podOf(resources, name);
      assert.equal(securityContext.runAsNonRoot, true, name);
      assert.deepEqual(containers[0]!.securityContext.capabilities, { drop: ["ALL"] }, name);
    }
  });

  it("makes the API's migration root where the API is", () => {
    const job = typed(resources, ":Job")[0]!.inputs.spec as { template: { spec: Pod } };
    assert.equal(job.template.spec.securityContext.runAsUser, 0);
    assert.equal(job.template.spec.securityContext.runAsNonRoot, false);
  });

  it("gives one part a ServiceAccount with one ClusterRole in the namespace, and its token", () => {
    const account = "part-runner";
    const of = named(resources, account).map(({ type }) => type.split(":").at(-1));
    assert.deepEqual(of.sort(), ["RoleBinding", "ServiceAccount"]);
    const { roleRef, subjects } = named(typed(resources, ":RoleBinding"), account)[0]!.inputs;
    assert.deepEqual(roleRef, { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "job-runner" });
    assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: account, namespace: "pr-123" }]);
    const { serviceAccountName, automountServiceAccountToken } = podOf(resources, "runner");
    assert.deepEqual([serviceAccountName, automountServiceAccountToken], [account, true]);
    for (const name of ["api", "edge", "web", "db"]) {
      const pod = podOf(resources, name);
      assert.deepEqual([pod.serviceAccountName, pod.automountServiceAccountToken], [undefined, false], name);
    }
  });

  it("makes no ServiceAccount where no part asks for one", async () => {
    assert.deepEqual(typed(await graph({}), ":ServiceAccount"), []);
  });
});
