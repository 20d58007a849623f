import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { limits, ownerLabels, quotaName, type Settings } from "../contract";
import { inNamespace } from "./pod";

export interface PreviewNamespaceArgs {
  readonly settings: Settings;
}

/** The namespace with its owner's labels, its limits and the deployer's rights. */
export class PreviewNamespace extends pulumi.ComponentResource {
  readonly namespace: k8s.core.v1.Namespace;
  readonly name: pulumi.Output<string>;
  /** What must exist before anything else is created in the namespace. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, { settings }: PreviewNamespaceArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:PreviewNamespace", name, {}, options);

    this.namespace = new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name: settings.names.namespace,
          labels: { ...ownerLabels(settings.owner), ...podSecurity(settings) },
        },
      },
      {
        parent: this,
        customTimeouts: {
          create: `${limits.namespaceCreationSeconds}s`,
          delete: `${deletionSeconds(settings)}s`,
        },
      },
    );
    this.name = this.namespace.metadata.name;
    const rights = this.deployerRights(name, settings);
    this.ready = [this.namespace, ...rights, ...this.limits(name, settings, rights)];

    this.registerOutputs({ name: this.name });
  }

  /** A RoleBinding for a deployer with least privilege (docs/deployer-rights.md). */
  private deployerRights(name: string, { deployer }: Settings): pulumi.Resource[] {
    if (deployer === undefined) {
      return [];
    }
    const { clusterRole, ...subject } = deployer;
    return [
      new k8s.rbac.v1.RoleBinding(
        `${name}-deployer`,
        {
          metadata: { name: "preview-deployer", namespace: this.name },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterRole },
          subjects: [
            subject.kind === "ServiceAccount" ? subject : { ...subject, apiGroup: "rbac.authorization.k8s.io" },
          ],
        },
        inNamespace(this, this.namespace),
      ),
    ];
  }

  /**
   * The LimitRange gives pods without requests and limits the defaults that the quota requires. Otherwise the quota would reject
   * them, with an error only on the ReplicaSet.
   */
  private limits(name: string, { quota }: Settings, dependsOn: pulumi.Resource[]): pulumi.Resource[] {
    const options = { ...inNamespace(this, this.namespace), dependsOn };
    return [
      new k8s.core.v1.LimitRange(
        `${name}-limits`,
        {
          metadata: { name: "preview", namespace: this.name },
          spec: {
            limits: [
              {
                type: "Container",
                defaultRequest: { cpu: "50m", memory: "128Mi" },
                default: { memory: "256Mi" },
              },
            ],
          },
        },
        options,
      ),
      new k8s.core.v1.ResourceQuota(
        `${name}-quota`,
        {
          metadata: { name: quotaName, namespace: this.name, annotations: { "pulumi.com/skipAwait": "true" } },
          spec: {
            hard: {
              "requests.cpu": quota.cpu,
              "limits.memory": quota.memory,
              "requests.storage": quota.storage,
              pods: String(quota.pods),
              // A preview is reachable only through the shared ingress.
              "services.loadbalancers": "0",
              "services.nodeports": "0",
            },
          },
        },
        options,
      ),
    ];
  }
}

/** It waits for the pods of Deployments and of what may take long to stop, which Pulumi doesn't. */
function deletionSeconds({ workloads }: Settings): number {
  const longest = Math.max(...Object.values(workloads).map(({ stopSeconds }) => stopSeconds));
  return Math.max(limits.namespaceDeletionSeconds, longest + limits.afterStopSeconds);
}

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
const podSecurity = ({ podSecurity: standard }: Settings) => ({
  "pod-security.kubernetes.io/enforce": standard,
  "pod-security.kubernetes.io/warn": standard,
});
