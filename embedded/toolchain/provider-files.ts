import { execa } from "execa";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { versions } from "./versions";

/**
 * Generates the two files that the Kubernetes provider's main.go embeds from files in its Go module. The module lacks them, since
 * the provider's release build generates them.
 */
export async function bundleProviderFiles(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const module = "github.com/pulumi/pulumi-kubernetes/provider/v4";
  const { stdout } = await execa("go", ["mod", "download", "-json", module], { cwd: folder, env: environment });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const source = join(Dir, "cmd/pulumi-resource-kubernetes");

  const schema = JSON.parse(await readFile(join(source, "schema.json"), "utf8")) as object;
  await writeFile(join(folder, "schema-embed.json"), JSON.stringify({ ...schema, version: versions.kubernetesPlugin }));
  await copyFile(join(source, "terraform-mapping.json"), join(folder, "terraform-mapping-embed.json"));
}
