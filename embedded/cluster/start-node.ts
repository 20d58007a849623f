import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect } from "node:tls";
import { UserError } from "../../contract";
import {
  corednsImage,
  ensureProgramImages,
  localPathImage,
  pauseImage,
  referenceOf,
  shellImage,
  traefikImage,
} from "../images/programs/system";
import { stateDir } from "../paths";
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
import { isApiServerReady, isDnsReady, isNodeReady } from "./access/api-server";
import { containerd, isContainerdReady, writeContainerdConfig } from "./programs/containerd";
import { apiServer, controllerManager, etcd, scheduler } from "./programs/control-plane";
import { assertAlive, isAlive, isCurrent, pidFile, startDaemon, waitUntil, type Daemon } from "./programs/daemon";
import { forwarder, loopbackAddress } from "./programs/forwarder";
import { writeKubeconfigs } from "./access/kubeconfig";
import { kubelet, writeKubeletConfig } from "./programs/kubelet";
import { etcdDir, previewDomain } from "./layout";
import { kubeProxy, kubeRouter } from "./programs/node-network";
import { ensurePki, previewAuthority } from "./access/pki";
import { prepareHost } from "./prepare-host";
import { stopNode } from "./stop-node";
import { startTimeline } from "./timeline";

export interface NodeOptions {
  /**
   * Folder with kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, kubectl, etcd,
   * kube-router, coredns, local-path-provisioner and pause.
   */
  readonly nodeBin: string;
  /** Folder with traefik. May be a promise, so that the node boots while Traefik is being built. */
  readonly traefikBin: string | Promise<string>;
  /** The public port: the same on the host's loopback and inside pods. */
  readonly port: number;
  readonly report: (message: string) => void;
  /** Cancels the start; the next one continues where it stopped. */
  readonly signal?: AbortSignal;
}

/**
 * Starts those parts of the node that aren't running, and returns once it is Ready, its add-ons are available and the public
 * port responds. Takes less than a second on a node that already runs with these options. After a crash, a `kill -9` of any
 * part or a reboot, the cluster continues with its data.
 * @throws UserError that names what this machine lacks, the port that is in use, or the component that failed, with its log
 *   file and the last lines of it
 */
export async function startNode(options: NodeOptions): Promise<void> {
  const resumes = existsSync(etcdDir);
  try {
    await boot(options).catch(async (error: unknown) => {
      // etcd doesn't sync its files, so they may be unreadable after a power failure. A single failure may have other causes.
      if (!resumes || !hasEtcdFailed()) throw error;
      await boot(options).catch(async (again: unknown) => {
        if (!hasEtcdFailed()) throw again;
        options.report("the cluster's data is unreadable: starting with an empty cluster");
        await stopNode(options.report);
        await boot(options);
      });
    });
  } catch (error) {
    if (isDiskFull(error))
      throw new UserError(`the disk that holds ${stateDir} is full: free some space and start again`);
    throw error;
  }
}

/** Whether etcd was started and has exited. */
function hasEtcdFailed(): boolean {
  return existsSync(pidFile("etcd")) && !isAlive("etcd");
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && /no space left on device|ENOSPC/i.test(error.message);
}

/** Every part waits only for what it needs, so that two cores are always busy. */
async function boot({ nodeBin, traefikBin, port, report, signal: given }: NodeOptions): Promise<void> {
  const timeline = startTimeline();
  const pause = pauseImage(nodeBin);
  await ensurePki();
  await Promise.all([writeKubeconfigs(), writeKubeletConfig(), writeContainerdConfig(await referenceOf(pause))]);

  const controlPlane = [etcd(nodeBin), apiServer(nodeBin)];
  const controllers = [controllerManager(nodeBin), scheduler(nodeBin)];
  const agent = kubelet(nodeBin);
  const proxy = kubeProxy(nodeBin);
  const firewall = kubeRouter(nodeBin);
  const publicPort = forwarder(port);
  const daemons = [...controlPlane, ...controllers, containerd, agent, proxy, firewall, publicPort];
  await prepareHost(daemons, port, report);
  timeline.mark("certificates, network, cgroups");

  const failure = new AbortController();
  const signal = given ? AbortSignal.any([failure.signal, given]) : failure.signal;
  const reach = async (what: string, needs: readonly Daemon[], timeout: number, condition: () => Promise<boolean>) =>
    waitUntil({ what, daemons: needs, timeout, condition, signal });

  const serveApi = async (): Promise<void> => {
    for (const daemon of controlPlane) await startDaemon(daemon);
    await reach("the API server isn't ready", controlPlane, 90, isApiServerReady);
    timeline.mark("API server ready");
    await Promise.all(controllers.map(startDaemon));
  };
  const runContainers = async (): Promise<void> => {
    await startDaemon(containerd);
    await reach("containerd doesn't answer", [containerd], 60, isContainerdReady);
    await ensureProgramImages(pause);
    timeline.mark("containerd ready");
  };
  const [api, runtime] = [serveApi(), runContainers()];

  const registerNode = async (): Promise<void> => {
    await Promise.all([api, runtime]);
    const begin = Date.now();
    const started = await startDaemon(agent);
    await startDaemon(proxy);
    if (!isCurrent(firewall)) await applyKubeRouterRights(nodeBin);
    const needs = [...controlPlane, ...controllers, containerd, agent];
    await reach("the node isn't ready", needs, 90, () => isNodeReady(started ? begin : 0));
    timeline.mark("node Ready");
    // Started last: it exits at once if its node isn't registered.
    await startDaemon(firewall);
  };
  const serve = async (addon: Addon, answers?: () => Promise<boolean>): Promise<void> => {
    await applyAddon(nodeBin, addon);
    const needs = [...controlPlane, ...controllers, containerd];
    const what = `${addon.deployment} in namespace ${addon.namespace} isn't available`;
    await reach(what, needs, 120, async () => (await isServing(addon)) && (await (answers?.() ?? true)));
    timeline.mark(`${addon.deployment} available`);
  };
  const serveDns = async (): Promise<void> => {
    const image = corednsImage(nodeBin);
    await runtime;
    await ensureProgramImages(image);
    await api;
    await serve(await corednsAddon(await referenceOf(image)), isDnsReady);
  };
  const shell = ensureShell(runtime);
  const serveVolumes = async (): Promise<void> => {
    const image = localPathImage(nodeBin);
    const [shellReference] = await Promise.all([shell, runtime]);
    await ensureProgramImages(image);
    await api;
    await serve(await localPathAddon(await referenceOf(image), shellReference));
  };
  const servePreviews = async (): Promise<void> => {
    const image = traefikImage(await traefikBin);
    const [shellReference] = await Promise.all([shell, api, runtime]);
    await ensureProgramImages(image);
    const addon = await traefikAddon(await referenceOf(image), shellReference, port);
    if (!(await isApplied(addon))) await applyGatewayApi(nodeBin);
    await serve(addon);
    await startDaemon(publicPort);
    await reach(`Traefik doesn't answer on ${loopbackAddress}:${port}`, [publicPort], 30, () => answersTls(port));
    timeline.mark("public port answers");
  };

  try {
    await Promise.all([registerNode(), serveDns(), serveVolumes(), servePreviews()]);
    assertAlive(daemons);
  } catch (error) {
    failure.abort(error);
    throw error;
  }
}

/** Imports the image that volumes and the catch-all page use, and resolves to its reference. */
async function ensureShell(runtime: Promise<void>): Promise<string> {
  const shell = await shellImage();
  await runtime;
  await ensureProgramImages(shell);
  return referenceOf(shell);
}

/** Whether a TLS server with a certificate of the local CA responds on the public port. */
async function answersTls(port: number): Promise<boolean> {
  const ca = await readFile(previewAuthority.certificate);
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
