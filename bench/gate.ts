import { timed } from "./figures";

type Kubectl = (args: readonly string[], input?: string) => Promise<{ stdout: string }>;

interface Job {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly labels: object };
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly object[] } } };
}

/**
 * How long a pod that does nothing takes, in seconds: the migration's, whose gate waits for the policies and the database, and
 * the same pod without its gate.
 *
 * @param manifests the objects of a preview in the cluster
 */
export async function gateCost(kubectl: Kubectl, manifests: string): Promise<{ with: number; without: number }> {
  const { items } = JSON.parse(manifests) as { items: Job[] };
  const job = items.find(({ kind }) => kind === "Job")!;
  const { namespace, labels } = job.metadata;
  const pod = job.spec.template.spec;
  const idle = { ...pod, containers: [{ ...pod.containers[0], command: ["true"] }] };
  const run = async (name: string, spec: object) => {
    const object = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name, namespace },
      spec: { backoffLimit: 0, template: { metadata: { labels }, spec } },
    };
    return timed(async () => {
      await kubectl(["apply", "--filename=-"], JSON.stringify(object));
      await kubectl(["wait", "--namespace", namespace, "--for=condition=complete", `job/${name}`, "--timeout=60s"]);
    });
  };
  return { with: await run("with-gate", idle), without: await run("without-gate", { ...idle, initContainers: [] }) };
}
