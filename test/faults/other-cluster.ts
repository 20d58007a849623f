import { execa } from "execa";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const resources = (groupVersion: string, name: string, kind: string, namespaced = false) => ({
  kind: "APIResourceList",
  apiVersion: "v1",
  groupVersion,
  resources: [{ name, singularName: "", namespaced, kind, verbs: ["get", "list"] }],
});
const networking = { groupVersion: "networking.k8s.io/v1", version: "v1" };

/**
 * A stand-in for another cluster's API server, on loopback: it has the namespace kube-system and the ingress class, but nothing
 * of any preview.
 */
const answers: Readonly<Record<string, object>> = {
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: [{ name: "networking.k8s.io", versions: [networking], preferredVersion: networking }],
  },
  "/api/v1": resources("v1", "namespaces", "Namespace"),
  "/apis/networking.k8s.io/v1": resources("networking.k8s.io/v1", "ingressclasses", "IngressClass"),
  "/api/v1/namespaces": { kind: "NamespaceList", apiVersion: "v1", metadata: {}, items: [] },
  "/api/v1/namespaces/kube-system": {
    kind: "Namespace",
    apiVersion: "v1",
    metadata: { name: "kube-system", uid: "00000000-0000-4000-8000-00000000beef" },
  },
  "/apis/networking.k8s.io/v1/ingressclasses/traefik": {
    kind: "IngressClass",
    apiVersion: "networking.k8s.io/v1",
    metadata: { name: "traefik" },
  },
};
const notFound = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404 };

/** Another cluster with the same name: a kubeconfig whose contexts are named like ours and point to it. */
export class OtherCluster {
  readonly uid = "00000000-0000-4000-8000-00000000beef";

  private constructor(
    private readonly server: Server,
    private readonly folder: string,
  ) {}

  static async start(): Promise<OtherCluster> {
    const server = createServer((request, response) => {
      const answer = answers[new URL(request.url!, "http://localhost").pathname];
      response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? notFound));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const cluster = new OtherCluster(server, mkdtempSync(join(tmpdir(), "preview-test-cluster-")));
    cpSync(process.env.KUBECONFIG!, cluster.kubeconfig);
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = ["config", "--kubeconfig", cluster.kubeconfig];
    await execa("kubectl", [...config, "unset", "clusters.preview"]);
    await execa("kubectl", [...config, "set-cluster", "preview", `--server=${address}`]);
    return cluster;
  }

  get kubeconfig(): string {
    return join(this.folder, "config");
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
    rmSync(this.folder, { recursive: true });
  }
}
