import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { stateDir } from "../../paths";
import { writeIfChanged } from "../host/files";
import { apiServerUrl, configDir } from "../layout";
import { clusterAuthority, leaf, type LeafName } from "./pki";

/** For users and Pulumi: contexts `preview` (administrator, current) and `preview-deployer` (no rights of its own). */
export const kubeconfig = join(stateDir, "kubeconfig");

/** For one component of the node. */
export const componentKubeconfig = (user: LeafName): string => join(configDir, `${user}.kubeconfig`);

const components = ["kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kube-router"] as const;

export async function writeKubeconfigs(): Promise<void> {
  await writeKubeconfig(kubeconfig, { preview: "admin", "preview-deployer": "preview-deployer" });
  for (const component of components) await writeKubeconfig(componentKubeconfig(component), { node: component });
}

/** Embeds the certificates, so that the file is self-contained. The first context becomes the current one. */
async function writeKubeconfig(file: string, users: Record<string, LeafName>): Promise<void> {
  const base64 = async (path: string): Promise<string> => (await readFile(path)).toString("base64");
  const contexts = Object.entries(users);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "preview",
        cluster: {
          server: apiServerUrl,
          "certificate-authority-data": await base64(clusterAuthority.certificate),
        },
      },
    ],
    users: await Promise.all(
      contexts.map(async ([, user]) => ({
        name: user,
        user: {
          "client-certificate-data": await base64(leaf(user).certificate),
          "client-key-data": await base64(leaf(user).key),
        },
      })),
    ),
    contexts: contexts.map(([name, user]) => ({ name, context: { cluster: "preview", user } })),
    "current-context": contexts[0]?.[0],
  };
  await writeIfChanged(file, stringify(config, { lineWidth: 0 }), 0o600);
}
