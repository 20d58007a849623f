import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { namesOf, type Names, type SettingsInput } from "../../contract";
import { deleteAtOnce } from "../../lifecycle/close";
import { deployed, type Deployed } from "../../lifecycle/inventory/deployed";
import { removeView } from "../../clients/pulumi/configuration/stack-file";
import { type Login, requiredLogin } from "../../verify/demo-login";
import { findNamespace } from "../../clients/kubernetes/namespace";
import { pulumi, type PulumiContext } from "../../clients/pulumi/pulumi";
import { close, up } from "../../clients/pulumi/stacks";
import { repairState } from "../../clients/pulumi/repair-state";
import { rolledOut } from "../../clients/kubernetes/rollout/rolled-out";
import { domain, embeddedSettings } from "../../embedded";
import { embedded } from "./embedded";
import { ask, eventually } from "./http";
import { kubectl } from "./kubectl";

/** A folder with a `Pulumi.yaml`, and the name in it. */
export interface TestProject {
  readonly folder: string;
  readonly name: string;
}

export const testProject: TestProject = { folder: join(__dirname, "project"), name: "preview-test" };

/** Pulumi's files in the folder that is the backend here. */
export const backendFolder = (): string => join(new URL(process.env.PULUMI_BACKEND_URL!).pathname, ".pulumi");

/** A preview that a test brings up, with a project name, prefix and number that only tests use. */
export class Preview {
  readonly stack: string;
  readonly names: Names;
  settings: SettingsInput;
  /** Everything that pulumi printed. */
  output = "";

  private readonly context: PulumiContext;

  constructor(
    readonly pullRequest: number,
    settings: SettingsInput = {},
    readonly project = testProject,
    env: Readonly<Record<string, string>> = {},
  ) {
    const { images, port } = embedded();
    const note = (line: string) => {
      this.output += `${line}\n`;
    };
    this.context = { project: project.folder, env, onLine: note, report: note };
    this.stack = `pr-${pullRequest}`;
    this.settings = { ...embeddedSettings(images, port), prefix: "test", ...settings };
    this.names = namesOf({ pullRequest, prefix: "test", domain, port });
  }

  get namespace(): string {
    return this.names.namespace;
  }

  /** Creates the stack, with settings that replace the former ones. */
  async init(settings: SettingsInput = {}): Promise<void> {
    this.configure(settings);
    await this.pulumi("stack", "init", this.stack);
  }

  /** Replaces the settings in the stack's file, as a person with an editor would. */
  configure(settings: SettingsInput = {}): void {
    const before = existsSync(this.file) ? (parse(readFileSync(this.file, "utf8")) as { encryptionsalt?: string }) : {};
    const config = Object.entries({ ...this.settings, ...settings }).map(([key, value]) => [
      `${this.project.name}:${key}`,
      value,
    ]);
    writeFileSync(this.file, stringify({ ...before, config: Object.fromEntries(config) as object }));
  }

  /** Resolves once no former pod serves any more. */
  async up(): Promise<void> {
    await up(this.context, this.stack);
    await this.rolledOut();
  }

  /** Waits until API and web serve, and no former pod does. */
  rolledOut(): Promise<void> {
    return rolledOut({ kubeContext: "preview", namespace: this.namespace });
  }

  /** The same, for visitors. */
  async settled(): Promise<void> {
    await this.rolledOut();
    await this.reachable();
  }

  /** Waits until a request reaches Django: ingress and network policies learn of new pods with a delay. */
  async reachable(): Promise<void> {
    await eventually(async () => {
      const { status } = await ask(`${this.names.origin}/api/version/`);
      if (status !== 200) {
        throw new Error(`${this.names.origin}/api/version/ answers ${status}`);
      }
    });
  }

  /** The stack's outputs. */
  deployed(): Promise<Deployed> {
    return deployed(this.context, this.pullRequest);
  }

  pulumi(...args: readonly string[]): Promise<string> {
    return pulumi(this.context, args);
  }

  /** Sets a secret of the group `secrets`, as a person does from a file; `configure` keeps it. */
  async setSecret(name: string, value: string): Promise<void> {
    // Pulumi takes the last line break for the file's.
    const input = `${value}\n`;
    await pulumi(
      this.context,
      ["config", "set", "--secret", "--path", `secrets.${name}`, "--stack", this.stack],
      input,
    );
    const { config } = parse(readFileSync(this.file, "utf8")) as { config: Record<string, SettingsInput["secrets"]> };
    this.settings = { ...this.settings, secrets: config[`${this.project.name}:secrets`] };
  }

  /** Destroys everything, as quickly as `preview close`, and removes the stack; does nothing if there is none. */
  async close(): Promise<void> {
    if (this.exists()) {
      const place = { kubeContext: "preview-deployer", namespace: this.namespace };
      const namespace = await findNamespace(place);
      await (namespace && deleteAtOnce(place, namespace, () => undefined));
      await close(this.context, this.stack).catch((error: unknown) => this.closeAfterNamespace(error));
    }
    removeView(this.context, this.stack);
  }

  /** If the namespace, and with it the deployer's rights, goes first, Pulumi may no longer read what was in it. */
  private async closeAfterNamespace(error: unknown): Promise<void> {
    if (!/forbidden/.test(String(error))) {
      throw error;
    }
    const found = () => kubectl("get", "namespace", this.namespace, "--ignore-not-found", "--output=name");
    await eventually(async () => assert.equal(await found(), ""), 120);
    await repairState(this.context, this.stack, { namespace: this.namespace, exists: false }, () => undefined);
    await close(this.context, this.stack);
  }

  /** The reviewers' login, as the cluster's admin reads it. */
  login(): Promise<Login> {
    return requiredLogin({ kubeContext: "preview", namespace: this.namespace });
  }

  /** Whether the stack exists, read from the backend's folder: Pulumi would take half a second. */
  exists(): boolean {
    return existsSync(join(backendFolder(), "stacks", this.project.name, `${this.stack}.json`));
  }

  /** The folder of the stack's locks in the backend. */
  get locks(): string {
    return join(backendFolder(), "locks/organization", this.project.name, this.stack);
  }

  /** The stack's configuration. */
  get file(): string {
    return join(this.project.folder, `Pulumi.${this.stack}.yaml`);
  }
}
