import assert from "node:assert/strict";
import { embedded } from "./embedded";
import { ask, eventually } from "./http";
import { kubectl } from "./kubectl";
import type { Preview } from "./preview";
import { isWhole } from "../extent";
import { desk as preview, sibling } from "../shared-previews";

describe("network isolation on the node", () => {
  before(async () => {
    await Promise.all([preview.open(), sibling.open()]);
    // A new pod isn't in kube-router's sets at once (cloudnativelabs/kube-router#1652).
    await eventually(async () => {
      for (const from of ["web", "api"] as const) {
        await closed(sibling, from, `db.${preview.namespace}.svc.cluster.local`, 5432);
      }
      await closed(preview, "web", "db", 5432);
    }, 10);
  });

  it("lets the ingress connect to the web", async () => {
    assert.equal((await ask(`${preview.names.origin}/`)).status, 200);
  });

  it("has a page for a host that belongs to no preview", async () => {
    const { status, body } = await ask(`${preview.names.origin.replace(/\/\/[^.]+/, "//no-preview")}/orders`);
    assert.equal(status, 404);
    assert.match(body, /This host belongs to no preview/);
  });

  it("lets the web connect to the API, and the API to the database", async () => {
    assert.equal(await connects(preview, "web", "api", 8000), "open");
    assert.equal(await connects(preview, "api", "db", 5432), "open");
  });

  it("keeps the web from the database", async () => {
    await closed(preview, "web", "db", 5432);
  });

  for (const from of ["web", "api"] as const) {
    for (const [to, port] of [
      ["db", 5432],
      ["api", 8000],
      ["web", 3000],
    ] as const) {
      it(`keeps the ${from} of another preview from ${to}, by name and by address`, async () => {
        await closed(sibling, from, `${to}.${preview.namespace}.svc.cluster.local`, port);
        const address = await kubectl(
          "get",
          "pods",
          "-n",
          preview.namespace,
          "-l",
          `app.kubernetes.io/name=${to}`,
          "-o",
          "jsonpath={.items[0].status.podIP}",
        );
        assert.match(address, /^\d/);
        await closed(sibling, from, address, port);
      });
    }
  }

  it("keeps pods from the Kubernetes API and from other namespaces", async () => {
    await closed(preview, "web", "kubernetes.default.svc.cluster.local", 443);
    // The order desk's settings allow it the ingress on one port, for its login.
    assert.equal(await connects(preview, "api", "traefik.traefik.svc.cluster.local", embedded().port), "open");
    await closed(preview, "api", "traefik.traefik.svc.cluster.local", 80);
    await closed(preview, "api", "oidc.test-oidc.svc.cluster.local", 3000);
  });
});

describe("writable folders on the node", () => {
  before(() => preview.open());

  const inside = (part: string, command: string) =>
    kubectl("exec", "-n", preview.namespace, `deployment/${part}`, "--", "sh", "-c", command);

  for (const part of ["api", "web"]) {
    it(`are written by the ${part} as its image's user and group`, async () => {
      assert.equal(await inside(part, "id -u; id -g; id -G"), "10001\n10001\n10001");
    });
  }

  for (const [part, folder] of [
    ["api", "/tmp"],
    ["web", "/tmp"],
    ["web", "/app/.next/cache"],
  ] as const) {
    it(`have a size limit in the ${part}'s ${folder}, which the pod survives`, async () => {
      const before = await podsOf(part);
      try {
        const said = await inside(part, `dd if=/dev/zero of=${folder}/full bs=1M count=65 2>&1 || df -B1 ${folder}`);
        assert.match(said, /No space left on device/);
        // Kubelet evicts a pod when it finds more than the size.
        assert.match(said, new RegExp(`^tmpfs +${size} +${size} +0 +100% ${folder}$`, "m"));
        if (isWhole) {
          await eventually(async () => assert.ok((await seenByKubelet(part)).includes(size)), 120);
        }
        assert.equal((await ask(`${preview.names.origin}/api/version/`)).status, 200);
        assert.equal(await podsOf(part), before);
      } finally {
        await inside(part, `rm -f ${folder}/full`);
      }
    });
  }
});

const size = 64 * 2 ** 20;

/** Name, phase and restarts of a part's pods. */
const podsOf = (part: string) =>
  kubectl(
    ...["get", "pods", "-n", preview.namespace, "-l", `app.kubernetes.io/name=${part}`, "--no-headers"],
    "--output=custom-columns=:metadata.name,:status.phase,:status.containerStatuses[*].restartCount",
  );

/** What kubelet last measured in the folders of a part's pods, in bytes. It measures once a minute. */
async function seenByKubelet(part: string): Promise<(number | undefined)[]> {
  const node = await kubectl("get", "nodes", "--output=jsonpath={.items[0].metadata.name}");
  const { pods } = JSON.parse(await kubectl("get", "--raw", `/api/v1/nodes/${node}/proxy/stats/summary`)) as {
    pods: { podRef: { name: string; namespace: string }; volume?: { usedBytes?: number }[] }[];
  };
  const own = pods.filter(({ podRef }) => podRef.namespace === preview.namespace && podRef.name.startsWith(`${part}-`));
  return own.flatMap(({ volume = [] }) => volume.map(({ usedBytes }) => usedBytes));
}

const closed = async (preview: Preview, from: "web" | "api", host: string, port: number) =>
  assert.equal(await connects(preview, from, host, port), "closed");

/** Opens a TCP connection from a pod with the image's own interpreter. Names must resolve, or the test fails. */
async function connects(preview: Preview, from: "web" | "api", host: string, port: number): Promise<string> {
  const node = `
    require("node:dns").lookup("${host}", (unknown, address) => {
      if (unknown) throw unknown;
      const socket = require("node:net").connect({ host: address, port: ${port}, timeout: 3000 });
      const end = (state) => { console.log(state); process.exit(); };
      socket.on("connect", () => end("open")).on("timeout", () => end("closed")).on("error", () => end("closed"));
    });`;
  const python = `
import socket
address = socket.getaddrinfo("${host}", ${port}, socket.AF_INET)[0][4]
try:
    socket.create_connection(address, timeout=3)
    print("open")
except OSError:
    print("closed")`;
  const command = from === "web" ? ["node", "-e", node] : ["python3", "-c", python];
  return eventually(() => kubectl("exec", "-n", preview.namespace, `deployment/${from}`, "--", ...command), 20);
}
