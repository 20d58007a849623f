import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, readlink, rm, rmdir } from "node:fs/promises";
import { connect } from "node:tls";
import { join } from "node:path";
import {
  corednsImage,
  ensureProgramImages,
  localPathImage,
  pauseImage,
  referenceOf,
  shellImage,
  traefikImage,
} from "../images/system";
import { runtimeDir } from "../paths";
import {
  applyAddon,
  applyGatewayApi,
  applyKubeRouterRights,
  corednsAddon,
  isApplied,
  isServing,
  localPathAddon,
  traefikAddon,
  type Addon,
} from "./addons";
import { getDeployment, isApiServerReady, isAvailable, isDnsReady, isNodeReady } from "./api";
import { createCgroups, hasCgroups, killContainers, killNodeProcesses, nodeProcesses, removeCgroups } from "./cgroup";
import { containerd, isContainerdReady, removeContainers, writeContainerdConfig } from "./containerd";
import { apiServer, controllerManager, etcd, scheduler } from "./control-plane";
import {
  assertAlive,
  isAlive,
  isCurrent,
  killStrayDaemons,
  startDaemon,
  stopDaemon,
  waitUntil,
  type Daemon,
} from "./daemon";
import { forwarder, loopbackAddress } from "./forwarder";
import { assertHostIsFit, assertNetfilterWorks, restoreSysctls, saveSysctls } from "./host";
import { kubeconfig, writeKubeconfigs } from "./kubeconfig";
import { kubelet, writeKubeletConfig } from "./kubelet";
import { clusterName, containerdDir, containerdSocket, etcdDir, nodeDir, podLogsDir, previewDomain } from "./layout";
import { unmountBelow } from "./mounts";
import { assertPortIsFree, createNetwork, isNetworkUp, removeNetwork } from "./network";
import { kubeProxy, kubeRouter } from "./node-network";
import { ensurePki, previewAuthority } from "./pki";
import { startTimeline } from "./timeline";

export { hasImage, importImage } from "./containerd";
export { loopbackAddress } from "./forwarder";
export { kubeconfig } from "./kubeconfig";

/** The local CA (PEM) that signs for the previews' hosts, and can't sign for any other domain. */
export const caCertificate = previewAuthority.certificate;

export interface NodeOptions {
  /** Folder with kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, kubectl, etcd,
   * kube-router, coredns, local-path-provisioner and pause. */
  readonly nodeBin: string;
  /** Folder with traefik. May be a promise: the node boots while Traefik is still being built. */
  readonly traefikBin: string | Promise<string>;
  /** The public port: the same on the host's loopback and inside pods. */
  readonly port: number;
  readonly report: (message: string) => void;
}

/** The daemons that are of no use without an API server. */
const agents = ["forwarder", "kube-router", "kube-proxy", "kubelet", "kube-scheduler", "kube-controller-manager"];

/** The Deployments without which the node isn't complete. */
const systemDeployments = [
  ["kube-system", "coredns"],
  ["local-path-storage", "local-path-provisioner"],
  ["traefik", "traefik"],
] as const;

/**
 * Starts what isn't running of the node and returns when it is Ready, its add-ons are available and the public port
 * answers. Does nothing, within a second, on a node that runs with these options. After a crash, a `kill -9` of any
 * part or a reboot the cluster goes on with the data that it had.
 * @throws Error that names what this machine lacks, the port that is in use, or the component that failed, with its
 * log file and the last lines of it.
 */
export async function startNode(options: NodeOptions): Promise<void> {
  const resumes = existsSync(etcdDir);
  try {
    await boot(options);
  } catch (error) {
    // etcd doesn't sync its files, so a power cut may leave ones that it can't read.
    if (!resumes || isAlive("etcd") || !existsSync(etcdDir) || !(await isNetworkUp())) throw error;
    options.report("the cluster's data can't be read any more: starting with an empty cluster");
    await stopNode(options.report);
    await boot(options);
  }
}

async function boot({ nodeBin, traefikBin, port, report }: NodeOptions): Promise<void> {
  const timeline = startTimeline();
  const pause = pauseImage(nodeBin);
  await ensurePki();
  await Promise.all([writeKubeconfigs(), writeKubeletConfig(), writeContainerdConfig(await referenceOf(pause))]);

  const etcdDaemon = etcd(nodeBin);
  const apiServerDaemon = apiServer(nodeBin);
  const controllers = [controllerManager(nodeBin), scheduler(nodeBin)];
  const kubeletDaemon = kubelet(nodeBin);
  const kubeRouterDaemon = kubeRouter(nodeBin);
  const kubeProxyDaemon = kubeProxy(nodeBin);
  const forwarderDaemon = forwarder(port);
  const daemons = [
    ...[etcdDaemon, apiServerDaemon, ...controllers, containerd],
    ...[kubeletDaemon, kubeProxyDaemon, kubeRouterDaemon, forwarderDaemon],
  ];
  await prepareHost(daemons, forwarderDaemon, port, report);
  timeline.mark("certificates, network, cgroups");

  const failure = new AbortController();
  const { signal } = failure;
  const controlPlane = async (): Promise<void> => {
    await startDaemon(etcdDaemon);
    await startDaemon(apiServerDaemon);
    await waitUntil({
      what: "the API server isn't ready",
      daemons: [etcdDaemon, apiServerDaemon],
      timeout: 90,
      condition: isApiServerReady,
      signal,
    });
    timeline.mark("API server ready");
    await Promise.all(controllers.map(startDaemon));
  };
  const runtime = async (): Promise<void> => {
    await startDaemon(containerd);
    await waitUntil({
      what: "containerd doesn't answer",
      daemons: [containerd],
      timeout: 60,
      condition: isContainerdReady,
      signal,
    });
    await ensureProgramImages(pause);
    timeline.mark("containerd ready");
  };
  const [serving, running] = [controlPlane(), runtime()];

  const node = async (): Promise<void> => {
    await Promise.all([serving, running]);
    signal.throwIfAborted();
    const begin = Date.now();
    const started = await startDaemon(kubeletDaemon);
    await startDaemon(kubeProxyDaemon);
    if (!isCurrent(kubeRouterDaemon)) await applyKubeRouterRights(nodeBin);
    await waitUntil({
      what: "the node isn't ready",
      daemons: [etcdDaemon, apiServerDaemon, ...controllers, containerd, kubeletDaemon],
      timeout: 90,
      condition: () => isNodeReady(started ? begin : 0),
      signal,
    });
    timeline.mark("node Ready");
    // It gives up at once when its node isn't registered.
    await startDaemon(kubeRouterDaemon);
  };
  const deploy = async (addon: Addon, answers = (): Promise<boolean> => Promise.resolve(true)): Promise<void> => {
    await serving;
    await applyAddon(nodeBin, addon);
    await waitUntil({
      what: `${addon.deployment} in namespace ${addon.namespace} isn't available`,
      daemons: [etcdDaemon, apiServerDaemon, ...controllers, containerd],
      // From the moment at which its pod can start at all.
      timeout: 120,
      condition: async () => (await isServing(addon)) && (await answers()),
      signal,
    });
    timeline.mark(`${addon.deployment} available`);
  };
  const coredns = async (): Promise<void> => {
    const image = corednsImage(nodeBin);
    await running;
    await ensureProgramImages(image);
    await deploy(await corednsAddon(await referenceOf(image)), isDnsReady);
  };
  const volumes = async (): Promise<void> => {
    const [image, shell] = [localPathImage(nodeBin), await shellImage()];
    await running;
    await ensureProgramImages(image, shell);
    await deploy(await localPathAddon(await referenceOf(image), await referenceOf(shell)));
  };
  const ingress = async (): Promise<void> => {
    const image = traefikImage(await traefikBin);
    await Promise.all([serving, running]);
    await ensureProgramImages(image);
    const addon = await traefikAddon(await referenceOf(image), port);
    if (!(await isApplied(addon))) await applyGatewayApi(nodeBin);
    await deploy(addon);
    await startDaemon(forwarderDaemon);
    await waitUntil({
      what: `Traefik doesn't answer on ${loopbackAddress}:${port}`,
      daemons: [forwarderDaemon],
      timeout: 30,
      condition: () => answersTls(port),
      signal,
    });
    timeline.mark("public port answers");
  };

  try {
    await Promise.all([node(), coredns(), volumes(), ingress()]);
    assertAlive(daemons);
  } catch (error) {
    failure.abort(error);
    throw error;
  }
}

/** Leaves alone a node that runs as it should; otherwise makes the machine ready for the daemons that are to start. */
async function prepareHost(
  daemons: readonly Daemon[],
  forwarderDaemon: Daemon,
  port: number,
  report: (message: string) => void,
): Promise<void> {
  const networkUp = await isNetworkUp();
  if (networkUp && hasCgroups() && daemons.every(isCurrent)) {
    const answers = async (): Promise<boolean> => (await isApiServerReady()) && (await isNodeReady());
    const deadline = Date.now() + 10_000;
    while (Date.now() < deadline) if (await answers().catch(() => false)) return;
    report("the node runs but doesn't answer: starting it anew");
    await stopProcesses();
  }
  await assertHostIsFit();
  if (hasCgroups()) await killStrayDaemons();
  if (!networkUp || !isCurrent(forwarderDaemon)) {
    await stopDaemon("forwarder");
    await assertPortIsFree(loopbackAddress, port);
  }
  if (!networkUp) {
    // Whatever still runs is in a network that nothing else can reach.
    await stopProcesses();
    await removeNetwork();
    await createNetwork();
    await assertNetfilterWorks();
  }
  await createCgroups();
  await saveSysctls();
}

/** Whether a TLS server that the local CA vouches for answers on the public port. */
async function answersTls(port: number): Promise<boolean> {
  const ca = await readFile(caCertificate);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: loopbackAddress, port, ca, servername: `ready.${previewDomain}`, timeout: 5_000 });
    socket.once("secureConnect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("timeout", () => socket.destroy(new Error("no answer in 5 s")));
    socket.once("error", reject);
  });
}

/** Ends daemons and containers, in the order in which none waits in vain for another. */
async function stopProcesses(): Promise<void> {
  await Promise.all(agents.map((name) => stopDaemon(name)));
  // Pods that watch the API would keep the API server from ending.
  await killContainers();
  await Promise.all([stopControlPlane(), stopContainerd()]);
  await killNodeProcesses();
}

async function stopControlPlane(): Promise<void> {
  await stopDaemon("kube-apiserver", 10_000);
  // Not before the API server, which hangs for a minute without it.
  await stopDaemon("etcd");
}

async function stopContainerd(): Promise<void> {
  if (isAlive("containerd")) await removeContainers().catch(() => undefined);
  await stopDaemon("containerd");
}

/**
 * Stops the node and deletes its data: the cluster and its volumes are throw-away. Kept are the local CA, so that
 * nobody has to trust a new one, the images, so that the next start imports none, and the logs. Can be called in any
 * state of the node, also again after a failure.
 * @throws Error that names the process, mount or interface that can't be removed.
 */
export async function stopNode(report: (message: string) => void): Promise<void> {
  report("stopping the node");
  await stopProcesses();
  await unmountBelow(runtimeDir, nodeDir, containerdDir);
  await removeNetwork();
  await removeCgroups();
  await restoreSysctls();
  await removeTraces();
  await Promise.all([runtimeDir, nodeDir, kubeconfig].map((path) => rm(path, { recursive: true, force: true })));
}

/** What containerd, its shims and the kubelet leave in folders that can't be configured. */
async function removeTraces(): Promise<void> {
  const results = "/var/lib/cni/results";
  for (const file of await readdir(results).catch(() => [])) {
    const pod = new RegExp(`^${clusterName}-(.*)-eth0$`).exec(file)?.[1];
    if (pod === undefined) continue;
    await rm(join(results, file), { force: true });
    await rm(join(results, `cni-loopback-${pod}-lo`), { force: true });
    // A shim that was killed leaves its socket, which is named after where it belongs.
    const shim = createHash("sha256")
      .update(join(containerdSocket, "k8s.io", pod))
      .digest("hex");
    await rm(join("/run/containerd/s", shim), { force: true });
  }
  const logs = "/var/log/containers";
  for (const file of await readdir(logs).catch(() => [])) {
    const target = await readlink(join(logs, file)).catch(() => "");
    if (target.startsWith(`${podLogsDir}/`)) await rm(join(logs, file), { force: true });
  }
  const folders = [results, "/var/lib/cni", logs, "/var/lib/kubelet/device-plugins", "/var/lib/kubelet"];
  // A folder in which somebody else keeps something isn't empty and stays.
  for (const folder of [...folders, "/run/containerd/s", "/run/containerd"]) await rmdir(folder).catch(() => undefined);
}

/**
 * `running`: complete and answering. `degraded`: something of it is there; `startNode` repairs it, `stopNode` removes
 * it. `stopped`: nothing of it is there.
 */
export async function nodeStatus(): Promise<"running" | "stopped" | "degraded"> {
  const names = [...agents, "kube-apiserver", "etcd", "containerd"];
  const [processes, networkUp] = await Promise.all([nodeProcesses(), isNetworkUp()]);
  if (processes.length === 0 && !networkUp) return "stopped";
  if (!networkUp || !names.every(isAlive)) return "degraded";
  const serves = systemDeployments.map(async ([namespace, name]) => {
    const deployment = await getDeployment(namespace, name);
    return deployment !== undefined && isAvailable(deployment);
  });
  const checks = await Promise.all([isApiServerReady(), isNodeReady(), ...serves]).catch(() => [false]);
  return checks.every(Boolean) ? "running" : "degraded";
}
