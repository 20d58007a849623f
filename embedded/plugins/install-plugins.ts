import { execa } from "execa";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../contract";
import { programsOf, versions } from "../toolchain";

interface Plugin {
  readonly name: string;
  readonly version: string;
  /** The folder to install. Its name changes with its content. */
  readonly folder: string;
}

/**
 * Installs the Kubernetes plugin and the stand-ins for the random and cloudflare plugins into the PULUMI_HOME of `env`,
 * in the versions of the npm packages. The toolchain's modules have to be built.
 *
 * Does nothing if they are installed, unless a plugin was rebuilt. Leaves alone a plugin that someone else has installed there,
 * which must be the official one.
 *
 * @param pulumi the `pulumi` program
 */
export async function installPlugins(
  pulumi: string,
  env: NodeJS.ProcessEnv,
  report: (message: string) => void,
): Promise<void> {
  const home = env.PULUMI_HOME;
  if (home === undefined) {
    throw new Error("installPlugins needs an environment with a PULUMI_HOME of its own");
  }
  const record = new InstallationRecord(home);
  for (const plugin of plugins()) {
    const installed = join(home, "plugins", `resource-${plugin.name}-v${plugin.version}`);
    const source = record.sourceOf(plugin);
    if (existsSync(installed) && (source === undefined || source === plugin.folder)) {
      continue;
    }
    report(`installing the ${plugin.name} plugin ${plugin.version}`);
    // In this order, so that an interrupted installation is repeated.
    rmSync(installed, { recursive: true, force: true });
    record.set(plugin);
    const { failed, stderr } = await execa(
      pulumi,
      ["plugin", "install", "resource", plugin.name, plugin.version, "--file", plugin.folder],
      { env, extendEnv: false, reject: false },
    );
    if (failed) {
      throw new UserError(`${pulumi} can't install the ${plugin.name} plugin from ${plugin.folder}: ${stderr}`);
    }
  }
}

function plugins(): Plugin[] {
  const standIns = join(programsOf("pulumi"), "plugins");
  return [
    { name: "kubernetes", version: versions.kubernetesPlugin, folder: programsOf("pulumi-resource-kubernetes") },
    { name: "random", version: versions.randomPlugin, folder: join(standIns, "random") },
    { name: "cloudflare", version: versions.cloudflarePlugin, folder: join(standIns, "cloudflare") },
  ];
}

/** Which plugins in a PULUMI_HOME are ours, each with its source folder. */
class InstallationRecord {
  private readonly path: string;
  private readonly folders: Record<string, string>;

  constructor(home: string) {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    this.path = join(home, "toolchain-plugins.json");
    this.folders = existsSync(this.path) ? (JSON.parse(readFileSync(this.path, "utf8")) as Record<string, string>) : {};
  }

  sourceOf({ name, version }: Plugin): string | undefined {
    return this.folders[`${name} ${version}`];
  }

  set({ name, version, folder }: Plugin): void {
    this.folders[`${name} ${version}`] = folder;
    writeFileSync(this.path, JSON.stringify(this.folders, undefined, 2) + "\n");
  }
}
