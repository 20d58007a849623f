interface Summary {
  readonly pods: {
    readonly podRef: { readonly namespace: string };
    readonly memory?: { readonly workingSetBytes: number };
  }[];
}

type Kubectl = (args: readonly string[]) => Promise<{ stdout: string }>;

/** The working set of all pods in a namespace, in MiB, as kubelet measures it. */
export async function memoryOfPods(kubectl: Kubectl, namespace: string): Promise<number> {
  const { stdout: node } = await kubectl(["get", "nodes", "--output", "jsonpath={.items[0].metadata.name}"]);
  const { stdout } = await kubectl(["get", "--raw", `/api/v1/nodes/${node}/proxy/stats/summary`]);
  const { pods } = JSON.parse(stdout) as Summary;
  const bytes = pods
    .filter(({ podRef }) => podRef.namespace === namespace)
    .reduce((sum, { memory }) => sum + (memory?.workingSetBytes ?? 0), 0);
  return bytes / 2 ** 20;
}
