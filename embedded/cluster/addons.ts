import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cacheDir, checkout, runtimeDir } from "../paths";
import { getDeployment, isAvailable } from "./access/api-server";
import { run } from "./host/command";
import { writeIfChanged } from "./host/files";
import { loopbackAddress } from "./programs/forwarder";
import { kubeconfig } from "./access/kubeconfig";
import { clusterDnsAddress, nodeAddress, previewDomain, traefikServiceAddress, volumesDir } from "./layout";
import { leaf } from "./access/pki";

/** A Deployment that the node itself needs, and its objects. */
export interface Addon {
  readonly namespace: string;
  readonly deployment: string;
  readonly manifest: string;
  /** The manifest's hash, also annotated on the Deployment: if they are equal, there is nothing to apply. */
  readonly hash: string;
}

async function addon(namespace: string, name: string, values: Record<string, string>): Promise<Addon> {
  const template = await readFile(join(__dirname, "addons", `${name}.yaml`), "utf8");
  const substitute = (text: string, all: Record<string, string>): string =>
    text.replace(/\$\{([A-Z_]+)\}/g, (placeholder, key: string) => all[key] ?? placeholder);
  const withoutHash = substitute(template, values);
  const hash = createHash("sha256").update(withoutHash).digest("hex").slice(0, 40);
  return { namespace, deployment: name, manifest: substitute(withoutHash, { MANIFEST_HASH: hash }), hash };
}

export async function corednsAddon(image: string): Promise<Addon> {
  return addon("kube-system", "coredns", {
    IMAGE: image,
    CLUSTER_DNS_ADDRESS: clusterDnsAddress,
    TRAEFIK_ADDRESS: traefikServiceAddress,
    PREVIEW_DOMAIN: previewDomain,
  });
}

export async function localPathAddon(image: string, helperImage: string): Promise<Addon> {
  return addon("local-path-storage", "local-path-provisioner", {
    IMAGE: image,
    HELPER_IMAGE: helperImage,
    VOLUMES_DIR: volumesDir,
  });
}

export async function traefikAddon(image: string, shellImage: string, port: number): Promise<Addon> {
  const { certificate, key } = leaf("previews");
  return addon("traefik", "traefik", {
    IMAGE: image,
    SHELL_IMAGE: shellImage,
    PORT: String(port),
    LOOPBACK_ADDRESS: loopbackAddress,
    TRAEFIK_ADDRESS: traefikServiceAddress,
    PREVIEW_DOMAIN: previewDomain,
    TLS_CERTIFICATE: (await readFile(certificate)).toString("base64"),
    TLS_KEY: (await readFile(key)).toString("base64"),
  });
}

/** Grants kube-router its rights, before it starts. */
export async function applyKubeRouterRights(nodeBin: string): Promise<void> {
  await apply(nodeBin, await readFile(join(__dirname, "addons", "kube-router.yaml"), "utf8"));
}

/** Applies the add-on unless the cluster has its current version. */
export async function applyAddon(nodeBin: string, addon: Addon): Promise<void> {
  if (!(await isApplied(addon))) await apply(nodeBin, addon.manifest);
}

export async function isApplied({ namespace, deployment, hash }: Addon): Promise<boolean> {
  const found = await getDeployment(namespace, deployment);
  return found?.metadata.annotations?.["preview-stack/manifest"] === hash;
}

/** Whether the Deployment is available in its current version. */
export async function isServing(addon: Addon): Promise<boolean> {
  const found = await getDeployment(addon.namespace, addon.deployment);
  return found?.metadata.annotations?.["preview-stack/manifest"] === addon.hash && isAvailable(found);
}

async function apply(nodeBin: string, manifest: string): Promise<void> {
  const options = ["--server-side", "--force-conflicts", "--field-manager=preview-stack", "--validate=false"];
  await kubectl(nodeBin, ["apply", ...options, "--filename=-"], manifest);
}

async function kubectl(nodeBin: string, args: readonly string[], input: string): Promise<void> {
  const connection = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${join(runtimeDir, "kubectl-cache")}`];
  // The user's proxy must not be used for an address of this machine.
  await run(join(nodeBin, "kubectl"), [...connection, ...args], {
    input,
    timeout: 60_000,
    env: { NO_PROXY: nodeAddress },
  });
}

/**
 * Installs the CustomResourceDefinitions of the Gateway API, in the version that Traefik was built with. They are part of a Go
 * module that Traefik's build has downloaded.
 */
export async function applyGatewayApi(nodeBin: string): Promise<void> {
  const manifest = await gatewayApiManifest();
  await apply(nodeBin, manifest);
  await kubectl(nodeBin, ["wait", "--for=condition=Established", "--timeout=30s", "--filename=-"], manifest);
}

async function gatewayApiManifest(): Promise<string> {
  const traefikModule = join(checkout, "embedded/toolchain/traefik");
  const goMod = await readFile(join(traefikModule, "go.mod"), "utf8");
  const version = /sigs\.k8s\.io\/gateway-api (v\S+)/.exec(goMod)?.[1];
  if (!version) throw new Error(`${traefikModule}/go.mod doesn't name sigs.k8s.io/gateway-api`);
  const cached = join(cacheDir, `gateway-api-${version}.yaml`);
  if (existsSync(cached)) return readFile(cached, "utf8");

  // With the user's environment, which configures how Go reaches the module proxy.
  const { stdout } = await execa("go", ["mod", "download", "-json", `sigs.k8s.io/gateway-api@${version}`], {
    cwd: traefikModule,
    timeout: 120_000,
  });
  const { Dir: folder } = JSON.parse(stdout) as { Dir: string };
  const crds = join(folder, "config/crd/standard");
  const files = (await readdir(crds)).filter((file) => file.endsWith(".yaml")).sort();
  const manifest = (await Promise.all(files.map((file) => readFile(join(crds, file), "utf8")))).join("\n---\n");
  await mkdir(cacheDir, { recursive: true });
  await writeIfChanged(cached, manifest);
  return manifest;
}
