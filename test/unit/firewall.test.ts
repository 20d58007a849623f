import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const program = join(__dirname, "../../embedded/cluster/programs/firewall/known-pods.awk");

describe("the embedded node's firewall", () => {
  const withKnownPods = (table: string) =>
    execFileSync("awk", ["-v", "pods=10.244.0.0/24", "-f", program], { input: table, encoding: "utf8" });
  const rules = (table: string, chain: string) =>
    table.split("\n").filter((line) => line.startsWith(`-A ${chain} `) && !/conntrack|addrtype/.test(line));

  const fresh = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\nCOMMIT\n";
  const accept = "-m mark --mark 0x20000/0x20000 -j ACCEPT";
  const top = '-m comment --comment "kube-router netpol - X" -j';
  /** As kube-router writes a pod's rules, and as iptables-save does. */
  const pod = (ip: string) => [
    `-A KUBE-ROUTER-FORWARD -m comment --comment "rule to jump traffic from POD name:web" -s ${ip} -j KUBE-POD-FW-A `,
    `-A KUBE-ROUTER-FORWARD -m comment --comment "rule to jump traffic destined to POD name:web" -d ${ip} -j KUBE-POD-FW-A `,
  ];
  const saved = '-A KUBE-ROUTER-FORWARD -s 10.244.0.7/32 -m comment --comment "POD name:db" -j KUBE-POD-FW-B';
  const kubeRouters = [
    "*filter",
    ":INPUT ACCEPT [0:0]",
    ":FORWARD ACCEPT [0:0]",
    `-A INPUT ${top} KUBE-ROUTER-INPUT`,
    `-A INPUT ${accept}`,
    `-A FORWARD ${top} KUBE-ROUTER-FORWARD`,
    `-A FORWARD ${accept}`,
    ...pod("10.244.0.5"),
    saved,
    "COMMIT",
    "",
  ].join("\n");

  it("blocks every pod until kube-router has rules for it", () => {
    const table = withKnownPods(fresh);
    assert.deepEqual(rules(table, "INPUT"), ["-A INPUT -j KNOWN-SOURCE"]);
    assert.deepEqual(rules(table, "FORWARD"), ["-A FORWARD -j KNOWN-SOURCE", "-A FORWARD -j KNOWN-DESTINATION"]);
    assert.match(rules(table, "KNOWN-SOURCE").join(), /^-A KNOWN-SOURCE -s 10\.244\.0\.0\/24 -j REJECT/);
    assert.match(rules(table, "KNOWN-DESTINATION").join(), /^-A KNOWN-DESTINATION -d 10\.244\.0\.0\/24 -j REJECT/);
  });

  it("accepts pods that have rules before it checks the peer's mark", () => {
    const table = withKnownPods(kubeRouters);
    for (const [chain, option] of [
      ["KNOWN-SOURCE", "-s"],
      ["KNOWN-DESTINATION", "-d"],
    ] as const) {
      const [five, seven, rest] = rules(table, chain);
      assert.deepEqual(
        [five, seven],
        [5, 7].map((last) => `-A ${chain} ${option} 10.244.0.${last} -j RETURN`),
      );
      assert.match(rest!, /REJECT/);
    }
    for (const chain of ["INPUT", "FORWARD"]) {
      const all = rules(table, chain);
      assert.ok(all.findIndex((rule) => rule.includes("KNOWN-")) < all.findIndex((rule) => rule.includes("ACCEPT")));
    }
  });

  it("stays the same when nothing has changed, and drops pods that are gone", () => {
    const once = withKnownPods(kubeRouters);
    assert.equal(withKnownPods(once), once);
    const without = once.replace(saved, "");
    assert.deepEqual(
      rules(withKnownPods(without), "KNOWN-SOURCE").filter((rule) => rule.includes("10.244.0.7")),
      [],
    );
  });
});
