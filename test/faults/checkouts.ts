import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { SettingsInput } from "../../contract";
import { pulumi } from "../../clients/pulumi/pulumi";
import type { TestProject } from "../engine/preview";

const repository = join(__dirname, "../..");
/**
 * Checkouts of one project, one per runner as in a workflow: with the settings that all previews share, in the stack
 * `preview`, and without any stack's configuration.
 */
export class Checkouts {
  private readonly made: TestProject[] = [];

  private constructor(private readonly committed: TestProject) {}

  /**
   * @param name the project's, unique among tests, which would otherwise share the stack `preview`
   * @param secrets by their path, `api.secrets.TOKEN`
   */
  static async make(
    name: string,
    shared: SettingsInput,
    secrets: Readonly<Record<string, string>> = {},
  ): Promise<Checkouts> {
    const config = Object.fromEntries(Object.entries(shared).map(([key, value]) => [`${name}:${key}`, value]));
    const committed = emptyCheckout(name);
    writeFileSync(join(committed.folder, "Pulumi.preview.yaml"), stringify({ config }));
    // A killed run may have left it.
    await inside(committed, "stack", "rm", "preview", "--yes", "--preserve-config").catch(() => undefined);
    await inside(committed, "stack", "init", "preview");
    for (const [path, value] of Object.entries(secrets)) {
      await inside(committed, "config", "set", "--stack", "preview", "--secret", "--path", path, value);
    }
    return new Checkouts(committed);
  }

  fresh(): TestProject {
    const project = emptyCheckout(this.committed.name);
    this.made.push(project);
    cpSync(join(this.committed.folder, "Pulumi.preview.yaml"), join(project.folder, "Pulumi.preview.yaml"));
    return project;
  }

  async remove(): Promise<void> {
    await inside(this.committed, "stack", "rm", "preview", "--yes");
    [this.committed, ...this.made].forEach(({ folder }) => rmSync(folder, { recursive: true }));
  }
}

/** A folder with the program and no stack, under its own project name. The caller removes it. */
export function emptyCheckout(name: string): TestProject {
  const folder = mkdtempSync(join(tmpdir(), "preview-stack-checkout-"));
  const options = { tsconfig: join(repository, "tsconfig.program.json") };
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    stringify({ name, main: "index.ts", runtime: { name: "nodejs", options } }),
  );
  writeFileSync(
    join(folder, "index.ts"),
    `import program from ${JSON.stringify(join(repository, "index"))};\nexport = program;\n`,
  );
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  return { folder, name };
}

const inside = ({ folder }: TestProject, ...args: string[]) =>
  pulumi({ project: folder, env: {}, onLine: () => undefined, report: () => undefined }, args);
