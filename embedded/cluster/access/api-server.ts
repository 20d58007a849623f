import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { apiServerPort, nodeAddress, nodeName } from "../layout";
import { clusterAuthority, leaf } from "./pki";

/** The fields of a Deployment that show whether it is available. */
interface Deployment {
  readonly metadata: { readonly annotations?: Record<string, string>; readonly generation: number };
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly replicas?: number;
  };
}

interface Node {
  readonly status: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastHeartbeatTime: string;
    }[];
  };
}

/** Queries the node's API server as administrator; undefined if the object doesn't exist. */
async function get(path: string): Promise<string | undefined> {
  const admin = leaf("admin");
  const [ca, cert, key] = await Promise.all([
    readFile(clusterAuthority.certificate),
    readFile(admin.certificate),
    readFile(admin.key),
  ]);
  return new Promise((resolve, reject) => {
    const asked = request(
      // One connection per request: keep-alive would keep the caller's process running.
      { host: nodeAddress, port: apiServerPort, path, ca, cert, key, agent: false, timeout: 5_000 },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.once("error", reject);
        response.once("end", () => {
          if (response.statusCode === 200) resolve(body);
          else if (response.statusCode === 404) resolve(undefined);
          else reject(new Error(`the API server answered ${path} with ${response.statusCode}: ${body.slice(0, 500)}`));
        });
      },
    );
    asked.once("timeout", () => asked.destroy(new Error(`the API server doesn't answer ${path}`)));
    asked.once("error", reject);
    asked.end();
  });
}

export async function isApiServerReady(): Promise<boolean> {
  return (await get("/readyz")) !== undefined;
}

/**
 * Whether the node has reported that it is ready after `since` (milliseconds since the epoch): after a crash, the API still
 * has the status from before.
 */
export async function isNodeReady(since = 0): Promise<boolean> {
  const body = await get(`/api/v1/nodes/${nodeName}`);
  if (body === undefined) return false;
  const { status } = JSON.parse(body) as Node;
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  // Times in the API are in whole seconds.
  const isFresh = ready !== undefined && Date.parse(ready.lastHeartbeatTime) >= Math.floor(since / 1_000) * 1_000;
  return isFresh && ready.status === "True";
}

/** Whether CoreDNS itself reports that it is ready, regardless of its pod's status in the API. */
export async function isDnsReady(): Promise<boolean> {
  return (await get("/api/v1/namespaces/kube-system/services/kube-dns:ready/proxy/ready")) !== undefined;
}

export async function getDeployment(namespace: string, name: string): Promise<Deployment | undefined> {
  const body = await get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  return body === undefined ? undefined : (JSON.parse(body) as Deployment);
}

/** Whether all pods of the Deployment have its latest template and are available. */
export function isAvailable({ metadata, spec, status }: Deployment): boolean {
  return (
    status.observedGeneration === metadata.generation &&
    status.replicas === spec.replicas &&
    status.updatedReplicas === spec.replicas &&
    status.availableReplicas === spec.replicas
  );
}
