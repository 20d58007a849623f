import { execa } from "execa";
import { join } from "node:path";
import type { WriteStream } from "node:fs";
import { kubeconfig, nodeStatus, startNode } from "./cluster";
import { embeddedVariables, prepareState } from "./variables";
import { interruption } from "../clients/process/interruption";
import { deployerRights } from "./deployer-rights";
import { ensureProductImages, type ProductImages } from "./images";
import { ensurePackages, nodePackages } from "./packages";
import { installPlugins, startDnsApi } from "./plugins";
import { keepPort, nodePort } from "./port";
import { runSteps, type Step } from "./tasks";
import { ensureModule, isBuilt, type ModuleName, moduleNames, usualMinutes } from "./toolchain";

/** What the steps find out, for those that come after them. */
export interface EmbeddedDefault {
  readonly programs: Record<ModuleName, string>;
  variables: Record<string, string>;
  images: ProductImages;
  port: number;
}

/** Everything that must be there before a stack can be brought up: each step does nothing where its result is there. */
export function embeddedDefaultSteps({ port, log }: { port: number; log: WriteStream }): Step<EmbeddedDefault>[] {
  return [
    {
      title: "System packages",
      usually: "1 min the first time",
      run: async (embedded) => {
        prepareState();
        keepPort(port, (await nodeStatus()) === "running");
        Object.assign(embedded, { programs: {}, port });
        await ensurePackages(nodePackages, { log, signal: interruption });
      },
    },
    ...moduleNames.map((name): Step<EmbeddedDefault> => ({
      title: `Toolchain: ${name}`,
      usually: isBuilt(name) ? "no time, it is built" : `${usualMinutes(name)} min on 2 cores, once per machine`,
      run: async ({ programs }, report) => {
        programs[name] = await ensureModule(name, report, interruption);
      },
    })),
    {
      title: "Node: one-node Kubernetes",
      usually: "15 s",
      run: async (embedded, report) => {
        const { node, traefik } = embedded.programs;
        await startNode({ nodeBin: node, traefikBin: traefik, port, report, signal: interruption });
        // Once there is the CA that they say to trust.
        embedded.variables = embeddedVariables();
        await applyDeployerRights(node);
      },
    },
    {
      title: "Images of the reference product",
      usually: "3 min the first time",
      run: async (embedded, report) => {
        embedded.images = await ensureProductImages(report);
      },
    },
    {
      title: "Pulumi's plugins",
      usually: "2 s the first time",
      run: ({ programs, variables }, report) => installPlugins(join(programs.pulumi, "pulumi"), variables, report),
    },
    {
      title: "Stand-in for Cloudflare's API",
      usually: "1 s",
      run: ({ variables }) => startDnsApi(variables.LOCAL_DNS_DIR!, interruption),
    },
  ];
}

/** Takes these steps on this machine's port; each says on standard error what it does. */
export async function ensureEmbeddedDefault(log: WriteStream): Promise<EmbeddedDefault> {
  const embedded = {} as EmbeddedDefault;
  await runSteps(embeddedDefaultSteps({ port: nodePort(), log }), embedded, log);
  return embedded;
}

/** The rights that docs/deployer-rights.md describes: `pulumi up` runs with these, not as the cluster's admin. */
async function applyDeployerRights(node: string): Promise<void> {
  const apply = ["apply", "--server-side", "--filename=-"];
  await execa(join(node, "kubectl"), ["--kubeconfig", kubeconfig, ...apply], { input: deployerRights() });
}
