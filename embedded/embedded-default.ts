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
import { ensureModule, isBuilt, type StartModuleName, startModuleNames, usualMinutes } from "./toolchain";

/** Results of the steps, for later steps. */
export interface EmbeddedDefault {
  readonly programs: Record<StartModuleName, string>;
  variables: Record<string, string>;
  images: ProductImages;
  port: number;
}

/** The steps that a stack requires. A step whose result already exists does nothing. */
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
    ...startModuleNames.map((name): Step<EmbeddedDefault> => ({
      title: `Toolchain: ${name}`,
      usually: isBuilt(name) ? "no time, already built" : `${usualMinutes(name)} min on 2 cores, once per machine`,
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
        // They need the node's CA.
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

/** Runs these steps with this machine's port, and shows their progress on standard error. */
export async function ensureEmbeddedDefault(log: WriteStream): Promise<EmbeddedDefault> {
  const embedded = {} as EmbeddedDefault;
  await runSteps(embeddedDefaultSteps({ port: nodePort(), log }), embedded, log);
  return embedded;
}

/** Grants the rights described in docs/deployer-rights.md: `pulumi up` runs with these, not as the cluster's admin. */
async function applyDeployerRights(node: string): Promise<void> {
  const apply = ["apply", "--server-side", "--filename=-"];
  await execa(join(node, "kubectl"), ["--kubeconfig", kubeconfig, ...apply], { input: deployerRights() });
}
