import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { pulumi, type PulumiContext } from "../clients/pulumi/pulumi";

export type Kubectl = (args: readonly string[], input?: string) => Promise<{ stdout: string }>;

/** What the stack has made in the cluster, as manifests: the same objects for the other tool. */
export async function manifestsOf(context: PulumiContext, stack: string): Promise<string> {
  const state = parse(await pulumi(context, ["stack", "export", "--show-secrets", "--stack", stack])) as {
    deployment: { resources: { type: string; inputs: { kind?: string } }[] };
  };
  const items = state.deployment.resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ inputs }) => plain(inputs))
    .sort((a, b) => Number(b.kind === "Namespace") - Number(a.kind === "Namespace"));
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

/** In an export, a decrypted secret is an object with its JSON as `plaintext`. */
function plain(value: object): { kind?: string } {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "object" && inner !== null && "plaintext" in inner
        ? (JSON.parse(inner.plaintext as string) as unknown)
        : inner,
    ),
  ) as { kind?: string };
}

/** Makes the objects by `kubectl apply`, and waits until the migration has succeeded and all else is ready. */
export async function applied(kubectl: Kubectl, namespace: string, manifests: string): Promise<void> {
  await kubectl(["apply", "--filename=-"], manifests);
  const ready = {
    job: "condition=complete",
    statefulset: "jsonpath={.status.readyReplicas}=1",
    deployment: "condition=available",
  };
  for (const [kind, condition] of Object.entries(ready)) {
    await kubectl(["wait", "--namespace", namespace, `--for=${condition}`, kind, "--all", "--timeout=180s"]);
  }
}

export async function volumeOf(kubectl: Kubectl, namespace: string): Promise<string> {
  const path = "jsonpath={.items[0].spec.volumeName}";
  return (await kubectl(["get", "pvc", "--namespace", namespace, "--output", path])).stdout;
}

export async function gone(kubectl: Kubectl, volume: string): Promise<void> {
  while ((await kubectl(["get", "pv", volume, "--ignore-not-found", "--output=name"])).stdout !== "") {
    await sleep(100);
  }
}
