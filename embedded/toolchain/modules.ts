import { bundleProviderFiles } from "./provider-files";
import { versions } from "./versions";

/** What a start needs, in that order. */
export const startModuleNames = ["node", "pulumi", "pulumi-resource-kubernetes", "traefik"] as const;
export type StartModuleName = (typeof startModuleNames)[number];
/** All, with those that only tests need. */
export const moduleNames = [...startModuleNames, "registry"] as const;
export type ModuleName = (typeof moduleNames)[number];

/** One `go build`. */
export interface Invocation {
  readonly packages: readonly string[];
  /** Output path below the result folder: a file, or a folder if it ends with a slash. */
  readonly output: string;
  /** Values of string variables, for the linker's `-X`. */
  readonly values: Readonly<Record<string, string>>;
}

/** How a module is built. All of it is part of the result's key. */
export interface Recipe {
  readonly invocations: readonly Invocation[];
  /** Symbolic links in the result, by name. */
  readonly links?: Readonly<Record<string, string>>;
  /** Generates additional source files before the build. Called with the folder and Go's environment. */
  readonly prepare?: (folder: string, environment: NodeJS.ProcessEnv) => Promise<void>;
  /** Measured wall time of a build from an empty Go cache on 2 cores. */
  readonly usualMinutes: number;
}

const kubernetesVersion = {
  gitVersion: `v${versions.kubernetes}`,
  gitMajor: versions.kubernetes.split(".")[0]!,
  gitMinor: versions.kubernetes.split(".")[1]!,
};
const nodeValues = Object.fromEntries(
  ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) =>
    Object.entries(kubernetesVersion).map(([name, value]) => [`${path}.${name}`, value]),
  ),
);
const pulumiValues = { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${versions.pulumi}` };

export const recipes: Readonly<Record<ModuleName, Recipe>> = {
  node: {
    invocations: [
      {
        packages: [
          ...["kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubectl", "kubelet"].map(
            (program) => `k8s.io/kubernetes/cmd/${program}`,
          ),
          "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router",
          "./coredns",
          "./pause",
        ],
        output: "./",
        values: nodeValues,
      },
      // Separately, since its package is called server.
      { packages: ["go.etcd.io/etcd/server/v3"], output: "etcd", values: nodeValues },
      // Separately, since it imports logrus by a path that differs only in case, which Go refuses in one invocation.
      {
        packages: ["github.com/rancher/local-path-provisioner"],
        output: "local-path-provisioner",
        values: nodeValues,
      },
    ],
    // The only program for the user's PATH.
    links: { "path/kubectl": "../kubectl" },
    usualMinutes: 7,
  },
  pulumi: {
    invocations: [
      {
        packages: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "./pulumi-language-nodejs"],
        output: "./",
        values: pulumiValues,
      },
      // Not with the others: a plugin on PATH makes the engine print a warning at every run.
      {
        packages: ["./pulumi-resource-random"],
        output: "plugins/random/",
        values: { "main.version": versions.randomPlugin },
      },
      {
        packages: ["./pulumi-resource-cloudflare"],
        output: "plugins/cloudflare/",
        values: { "main.version": versions.cloudflarePlugin },
      },
    ],
    usualMinutes: 3,
  },
  "pulumi-resource-kubernetes": {
    invocations: [
      {
        packages: ["."],
        output: "./",
        values: { "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version": versions.kubernetesPlugin },
      },
    ],
    prepare: bundleProviderFiles,
    usualMinutes: 6,
  },
  traefik: {
    invocations: [{ packages: ["github.com/traefik/traefik/v3/cmd/traefik"], output: "./", values: {} }],
    usualMinutes: 5,
  },
  registry: { invocations: [{ packages: ["."], output: "./", values: {} }], usualMinutes: 1.5 },
};
