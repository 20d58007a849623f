import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { dirname } from "node:path/posix";
import { type Environment, memoryLimit, type Settings, trustedCaFile, type WritableFolder } from "../contract";

type PodSpec = types.input.core.v1.PodSpec;
type Container = types.input.core.v1.Container;

/** Changes what a workload is made from before it is made: the way to adapt one without editing its component. */
export type Transform<Args> = (args: Args) => Args;

/** What the workloads of a preview have in common. */
export interface WorkloadArgs {
  readonly settings: Settings;
  readonly namespace: k8s.core.v1.Namespace;
  /** Names of the Secrets that images are pulled with. */
  readonly imagePullSecrets: readonly pulumi.Input<string>[];
  /** Name of the ConfigMap with the certificates to trust. */
  readonly trustedCa?: pulumi.Input<string>;
}

export const nameLabel = "app.kubernetes.io/name";

/** What Services, policies and workloads find a part's pods by. A change makes other workloads, and another database. */
export const selectorOf = (name: string) => ({ [nameLabel]: name });

/** The labels of a part's objects and pods. What is put on top is changed in place. */
export const labelsOf = (name: string): Record<string, string> => ({ ...selectorOf(name) });

/**
 * How long a pod may take to stop, in seconds. The namespace's deletion waits for the longest, and again 5 s when a pod
 * is still there after that, so more than 5 makes every close slower.
 */
const terminationGracePeriodSeconds = 5;

/**
 * The pod that every workload starts from. It fulfils Pod Security "restricted"
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/), has no token for the API server, and gets no
 * variables from Services: a Service named `api` would set API_PORT (kubernetes/kubernetes#60099).
 */
export function podSpec(
  args: Pick<WorkloadArgs, "imagePullSecrets">,
  own: { uid: number | undefined; gid?: number } & Omit<PodSpec, "securityContext">,
): PodSpec {
  const { uid, gid = uid, ...spec } = own;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds,
    imagePullSecrets: args.imagePullSecrets.map((name) => ({ name })),
    securityContext: {
      runAsNonRoot: true,
      ...(uid === undefined ? {} : { runAsUser: uid }),
      // Kubelet takes only the user from an image: without this the group is 0.
      ...(gid === undefined ? {} : { runAsGroup: gid, fsGroup: gid }),
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...spec,
  };
}

export const unprivileged = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/**
 * A text as Kubernetes must be given it so that a container gets it letter by letter: in the values of variables, in `command`
 * and `args` it makes `$` of `$$`, and a variable's value of `$(NAME)`. It leaves alone what comes from a Secret.
 *
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export const letterByLetter = (text: string): string => text.replaceAll("$", "$$$$");

/** A container whose command and arguments it is given letter by letter. */
type OwnContainer = Omit<Container, "command" | "args"> & {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
};

/** The container that every workload starts from: unprivileged, on a read-only root. */
export function container({ command, args, ...own }: OwnContainer): Container {
  return {
    securityContext: unprivileged,
    // Its log may have a secret in it, and Pulumi keeps what a failed pod's status says in its state, in clear.
    terminationMessagePolicy: "File",
    ...own,
    ...(command && { command: command.map(letterByLetter) }),
    ...(args && { args: args.map(letterByLetter) }),
  };
}

/**
 * On a workload, not on its pods: what somebody has set by hand, or an autoscaler, is the program's again at its next change.
 * Without it server-side apply refuses that as a conflict (pulumi/pulumi-kubernetes#2011).
 */
export const takenOver = { "pulumi.com/patchForce": "true" };

/** Asleep is a setting, so that no update wakes a preview by accident. */
export const replicasOf = ({ asleep }: Settings) => (asleep ? 0 : 1);

export function resourceRequirements(
  resources: Settings["api"]["resources"],
  folders: readonly WritableFolder[],
): types.input.core.v1.ResourceRequirements {
  return {
    requests: { cpu: resources.cpu, memory: resources.memory },
    // None of ephemeral storage: kubelet would count logs before it rotates them, and evict a pod that logs much.
    limits: { memory: memoryLimit(resources, folders) },
  };
}

/** Folders that stay writable under the read-only root. On disk, whoever fills one would have the pod evicted. */
export function writable(folders: readonly WritableFolder[]) {
  const volumes = folders.map(({ size, disk }, index) => ({
    name: `writable-${index}`,
    emptyDir: { ...(disk ? {} : { medium: "Memory" }), sizeLimit: size },
  }));
  return { volumes, volumeMounts: folders.map(({ path }, index) => ({ name: `writable-${index}`, mountPath: path })) };
}

/** What a container of the product's images has mounted: its writable folders, and the certificates to trust. */
export function productVolumes({ trustedCa }: WorkloadArgs, folders: readonly WritableFolder[]) {
  const { volumes, volumeMounts } = writable(folders);
  if (trustedCa === undefined) {
    return { volumes, volumeMounts };
  }
  const name = "trusted-ca";
  return {
    volumes: [...volumes, { name, configMap: { name: trustedCa } }],
    volumeMounts: [...volumeMounts, { name, mountPath: dirname(trustedCaFile), readOnly: true }],
  };
}

/** A container's variables; `ownSecret` is the name of the Secret made for it. */
export function variables(environment: Environment, ownSecret: pulumi.Input<string>): types.input.core.v1.EnvVar[] {
  return Object.entries(environment).map(([name, variable]) => {
    if (typeof variable === "string") {
      return { name, value: letterByLetter(variable) };
    }
    const [secret, key] = "ownSecret" in variable ? [ownSecret, variable.ownSecret] : [variable.secret, variable.key];
    return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
  });
}

/** Options of everything in the namespace: it goes with the namespace and isn't deleted one by one before it. */
export function inNamespace(parent: pulumi.Resource, namespace: k8s.core.v1.Namespace): pulumi.CustomResourceOptions {
  return { parent, deletedWith: namespace };
}

/**
 * Options of what has pods: it is deleted before the namespace. The namespace's controller looks once after 5 s and, if
 * there is still a pod or a volume's claim, again 3 to 8 s later; without any it is done the first time.
 */
export function stoppedFirst(parent: pulumi.Resource): pulumi.CustomResourceOptions {
  return { parent, customTimeouts: { create: "5m", update: "5m", delete: "2m" } };
}

/** Immutable and auto-named, so that a change makes a new one and its pods roll. */
export function secret(
  name: string,
  namespace: k8s.core.v1.Namespace,
  stringData: pulumi.Input<Record<string, pulumi.Input<string>>>,
  parent: pulumi.Resource,
): k8s.core.v1.Secret {
  return new k8s.core.v1.Secret(
    name,
    { metadata: { namespace: namespace.metadata.name }, immutable: true, stringData },
    inNamespace(parent, namespace),
  );
}
