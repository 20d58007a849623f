import assert from "node:assert/strict";
import { container, gate, podSpec } from "../../components/pod";
import { addressOf, gateExitCodes, standardParts } from "../../contract";
import { kubernetesServiceAddress, nodeAddress, traefikServiceAddress } from "../../embedded";
import { settingsWith } from "../unit/example-settings";
import { desk as preview } from "../shared-previews";
import { embedded } from "./embedded";
import { apply, kubectl } from "./kubectl";

/** A pod's first second is when its network policies may not be in force yet. */
describe("a pod that has just started", () => {
  before(() => preview.open());

  const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "32Mi" } };
  const own = () => {
    const { images } = embedded();
    return { image: images.postgres, settings: settingsWith({ database: { image: images.postgres } }) };
  };

  /** Runs pods at once and returns what each of them has printed; they are gone afterwards. */
  async function run(
    name: string,
    { pods, labels, needs, script }: { pods: number; labels: object; needs?: readonly string[]; script: string },
  ): Promise<string[]> {
    const { image, settings } = own();
    const spec = podSpec(
      { imagePullSecrets: [] },
      {
        uid: 65534,
        restartPolicy: "Never",
        ...(needs && { initContainers: [gate(settings, { needs, egress: settings.egress })] }),
        containers: [container({ name: "only", image, command: ["bash", "-c", script], resources })],
      },
    );
    const metadata = { name, namespace: preview.namespace };
    const counts = { completions: pods, parallelism: pods, backoffLimit: 0 };
    await apply([
      { apiVersion: "batch/v1", kind: "Job", metadata, spec: { ...counts, template: { metadata: { labels }, spec } } },
    ]);
    try {
      const job = `job/${name}`;
      await Promise.any(
        ["Complete", "Failed"].map((condition) =>
          kubectl("wait", "-n", preview.namespace, job, `--for=condition=${condition}`, "--timeout=120s"),
        ),
      );
      const found = await kubectl("get", "pods", "-n", preview.namespace, "-l", `job-name=${name}`, "-o", "name");
      return await Promise.all(
        found.split("\n").map((pod) => kubectl("logs", "-n", preview.namespace, pod, "--container=only")),
      );
    } finally {
      await kubectl("delete", "job", "-n", preview.namespace, name, "--wait=false");
    }
  }

  it("can't connect to the Kubernetes API, the node or the ingress from its first instruction on", async () => {
    const targets = [
      [kubernetesServiceAddress, 443],
      [nodeAddress, 6443],
      [nodeAddress, 10250],
      [traefikServiceAddress, embedded().port],
    ];
    const tries = targets.map(([host, port]) => `try ${host} ${port}`).join("; ");
    const script = `
      try() { timeout 0.2 bash -c ': <>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null && echo "reached $1:$2 after $SECONDS s"; }
      nameserver=$(sed -n 's/^nameserver //p' /etc/resolv.conf)
      until try "$nameserver" 53; do ${tries}; done
      for i in 1 2 3; do ${tries}; done
      true`;
    const printed = await run("first-second", { pods: 4, labels: {}, script });
    assert.equal(printed.length, 4);
    for (const text of printed) {
      // It reaches what it may: it wasn't cut off for good.
      assert.match(text, /^reached 10\.96\.0\.10:53 after \d+ s$/);
    }
  });

  it("reaches its database on the first try, ten times out of ten", async () => {
    const printed = await run("first-migration", {
      pods: 10,
      labels: { "app.kubernetes.io/name": "migration" },
      needs: [addressOf(standardParts.db)],
      script: "pg_isready --host=db --port=5432 --timeout=1",
    });
    assert.deepEqual(
      printed.map((text) => text.trim()),
      Array.from({ length: 10 }, () => "db:5432 - accepting connections"),
    );
  });

  it("doesn't run a pull request's code in a cluster that enforces no policies, and says so", async () => {
    const namespace = "test-unenforced";
    const { settings } = own();
    const { env, ...rest } = gate(settings, { needs: [], egress: [] });
    const impatient = (env as { name: string; value: string }[]).map((variable) =>
      variable.name === "POLICY_SECONDS" ? { ...variable, value: "5" } : variable,
    );
    const spec = podSpec(
      { imagePullSecrets: [] },
      { uid: undefined, restartPolicy: "Never", containers: [{ ...rest, env: impatient }] },
    );
    await apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }]);
    try {
      await apply([{ apiVersion: "v1", kind: "Pod", metadata: { name: "gate", namespace }, spec }]);
      await kubectl("wait", "-n", namespace, "pod/gate", "--for=jsonpath={.status.phase}=Failed", "--timeout=60s");
      const status = await kubectl(
        "get",
        "pod/gate",
        "-n",
        namespace,
        "-o",
        "jsonpath={.status.containerStatuses[0].state.terminated}",
      );
      const { exitCode, message } = JSON.parse(status) as { exitCode: number; message: string };
      assert.equal(exitCode, gateExitCodes.isolation);
      assert.match(message, /^reaches the Kubernetes API at 10\.96\.0\.1:443 even after 5 s/);
    } finally {
      await kubectl("delete", "namespace", namespace, "--wait=false");
    }
  });
});
