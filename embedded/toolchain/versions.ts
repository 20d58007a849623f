import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The versions of what is built here. Each is defined in one place: in its module's go.mod, or in package.json for a plugin that
 * must match its npm package.
 */
export const versions = {
  kubernetes: required("node", "k8s.io/kubernetes"),
  etcd: required("node", "go.etcd.io/etcd/server/v3"),
  coredns: required("node", "github.com/coredns/coredns"),
  kubeRouter: required("node", "github.com/cloudnativelabs/kube-router/v2"),
  localPathProvisioner: required("node", "github.com/rancher/local-path-provisioner"),
  traefik: required("traefik", "github.com/traefik/traefik/v3"),
  pulumi: required("pulumi", "github.com/pulumi/pulumi/pkg/v3"),
  kubernetesPlugin: installed("@pulumi/kubernetes"),
  randomPlugin: installed("@pulumi/random"),
  cloudflarePlugin: installed("@pulumi/cloudflare"),
};

/** The version that a module's go.mod requires of another, without the leading v. */
function required(module: string, path: string): string {
  const goMod = join(__dirname, module, "go.mod");
  for (const line of readFileSync(goMod, "utf8").split("\n")) {
    const [name, version] = line
      .replace(/^require /, "")
      .trim()
      .split(" ");
    if (name === path && version?.startsWith("v")) {
      return version.slice(1);
    }
  }
  throw new Error(`${goMod} doesn't require ${path}`);
}

/** The version of an installed npm package. */
function installed(name: string): string {
  const manifest = readFileSync(require.resolve(`${name}/package.json`), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
