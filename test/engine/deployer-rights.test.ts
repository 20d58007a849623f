import assert from "node:assert/strict";
import { execa } from "execa";
import { kubectl } from "./kubectl";

/** That these rights are enough is shown by the other suites, which run with them; here, that they are no more. */
describe("the deployer's rights", () => {
  const foreign = "deployer-rights-foreign";
  const previewLike = "test-pr-90041";

  before(() => kubectl("create", "namespace", foreign));
  after(() => kubectl("delete", "namespace", foreign, previewLike, "--ignore-not-found"));

  async function denied(manifest: object | undefined, ...args: string[]): Promise<void> {
    const { failed, stderr } = await execa("kubectl", ["--context=preview-deployer", ...args], {
      reject: false,
      ...(manifest === undefined ? { stdin: "ignore" as const } : { input: JSON.stringify(manifest) }),
    });
    assert.ok(failed, `kubectl ${args.join(" ")} was allowed`);
    assert.match(stderr, /[Ff]orbidden/);
  }

  async function previewNamespace(): Promise<void> {
    const labels = Object.entries(ours).map(([name, value]) => `${name}=${value}`);
    await execa("kubectl", ["--context=preview", "create", "namespace", previewLike], { reject: false });
    await kubectl("label", "--overwrite", "namespace", previewLike, ...labels);
  }

  const namespace = (name: string, labels: Record<string, string>) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels },
  });
  const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
  const ours = { "app.kubernetes.io/managed-by": "preview-stack", ...restricted };
  const bindingIn = (name: string, role: string) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "taken", namespace: name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "preview-deployers" }],
  });

  it("make no namespace of another name", () => denied(namespace("production", ours), "create", "-f", "-"));

  it("make no namespace without the owner's label", () => denied(namespace(previewLike, {}), "create", "-f", "-"));

  it("delete no namespace of others", () => denied(undefined, "delete", "namespace", foreign));

  it("can't mark a namespace of others as their own", () =>
    denied(undefined, "label", "namespace", foreign, "app.kubernetes.io/managed-by=preview-stack"));

  it("read no secrets outside of previews", () => denied(undefined, "get", "secrets", "-n", "kube-system"));

  it("read no pods but those of previews, so that status asks about each by itself", () =>
    denied(undefined, "get", "pods", "--all-namespaces"));

  it("give themselves no rights outside of previews", () =>
    denied(bindingIn(foreign, "preview-namespace"), "create", "-f", "-"));

  it("make no namespace that admits privileged pods", () =>
    denied(
      namespace(previewLike, { ...ours, "pod-security.kubernetes.io/enforce": "privileged" }),
      "create",
      "-f",
      "-",
    ));

  for (const label of [
    "pod-security.kubernetes.io/enforce=privileged",
    "pod-security.kubernetes.io/enforce-",
    "pod-security.kubernetes.io/enforce-version=v1.0",
    "app.kubernetes.io/managed-by-",
  ]) {
    it(`can't loosen a preview's namespace by ${label}`, async () => {
      await previewNamespace();
      await denied(undefined, "label", "--overwrite", "namespace", previewLike, label);
    });
  }

  it("give themselves no other role, not even in a preview", async () => {
    await previewNamespace();
    await denied(bindingIn(previewLike, "cluster-admin"), "create", "-f", "-");
  });
});
