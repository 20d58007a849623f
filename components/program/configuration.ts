import * as pulumi from "@pulumi/pulumi";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  copiesFolder,
  type DeploymentRecord,
  fullKey,
  generationOf,
  type Handoff,
  handoffVariable,
  isBelow,
  isGroup,
  isParsedFrom,
  isUnquoted,
  keyOf,
  type Leaves,
  leavesOf,
  parseExactly,
  parseSettings,
  parseStackFile,
  type Settings,
  type SettingsInput,
  type StackFile,
  valuesOf,
} from "../../contract";
import type { Existing } from "./preflight";

/** The configuration of the stack being updated. */
export interface Configuration {
  readonly given: SettingsInput;
  /** The same by leaf, plus the settings of providers. */
  readonly leaves: Leaves;
  /** Paths of the secret leaves. */
  readonly secrets: readonly string[];
  /** The settings shared by all previews; empty without a `Pulumi.preview.yaml`. */
  readonly shared: Leaves;
  /** The stack's file as last deployed from this checkout; undefined if it never was. */
  readonly copy?: Leaves;
  /** Undefined in a plain `pulumi up`. */
  readonly handoff?: Handoff;
}

/** Reads the configuration of the stack being updated, and the files that belong to it. */
export function stackConfiguration(env = process.env): Configuration {
  const project = pulumi.getProject();
  const all = pulumi.runtime.allConfig();
  const file = stackFile(`Pulumi.${pulumi.getStack()}.yaml`);
  const found = stackFile(join(copiesFolder, `Pulumi.${pulumi.getStack()}.yaml`));
  const handed = env[handoffVariable];
  const handoff = handed === undefined ? undefined : (JSON.parse(handed) as Handoff);
  const shared = stackFile("Pulumi.preview.yaml")?.settings ?? {};
  const read = fromConfiguration(all, project);
  // The command `preview` has already restored the numbers.
  const given = handoff === undefined ? asWritten(read, { ...shared, ...file?.settings }) : read;
  const leaves = leavesOf({ ...given, ...ofOtherProjects(all, project) });
  return {
    given,
    leaves,
    secrets: handoff
      ? secretsBelow(leaves, handoff.secrets)
      : secretPaths(leaves, file?.settings ?? {}, (key) => isConfigSecret(fullKey(key, project))),
    shared,
    // A copy with another key is of a former stack of the same name.
    copy: isDeepStrictEqual(found?.header, file?.header) ? found?.settings : undefined,
    handoff,
  };
}

/**
 * The settings of the stack being updated.
 *
 * @param deployed what was deployed last: its `asleep` stays unless the configuration sets it
 * @param existing what the cluster has: its database's generation stays unless the configuration sets it
 */
export function stackSettings(
  { given }: Pick<Configuration, "given">,
  deployed?: Pick<DeploymentRecord, "asleep">,
  { database, asleep }: Existing = {},
): Settings {
  const isGroup = given.database === undefined || typeof given.database === "object";
  return parseSettings(pulumi.getStack(), pulumi.getProject(), {
    asleep: deployed?.asleep ?? asleep,
    ...given,
    ...(database && isGroup && { database: { generation: generationOf(database), ...given.database } }),
  });
}

/**
 * A project's settings in Pulumi's configuration, where all values are text. Unknown keys are kept, so that a misspelled one is
 * reported. Empty values are dropped: they are the defaults in `Pulumi.yaml` (see `configDeclarations`).
 */
export function fromConfiguration(configuration: Readonly<Record<string, string>>, project: string): SettingsInput {
  const prefix = `${project}:`;
  return Object.fromEntries(
    Object.entries(configuration)
      .filter(([key, text]) => key.startsWith(prefix) && !["", "{}", "[]"].includes(text))
      .map(([key, text]) => [key.slice(prefix.length), group(text) ?? text]),
  );
}

/**
 * Restores numbers that Pulumi has rounded or changed to the text in the stack's file, or in the file that it was copied from.
 */
export const asWritten = (given: SettingsInput, file: Leaves): SettingsInput =>
  written(given, valuesOf(file)) as SettingsInput;

function written(given: unknown, inFile: unknown): unknown {
  if (Array.isArray(given) && Array.isArray(inFile) && given.length === inFile.length) {
    return given.map((value, index) => written(value, inFile[index]));
  }
  const isRounded = typeof given === "number" && typeof inFile === "string" && Number(inFile) === given;
  if (isRounded || (isUnquoted(inFile) && isParsedFrom(given, inFile))) {
    return inFile;
  }
  return isGroup(given) && isGroup(inFile)
    ? Object.fromEntries(Object.entries(given).map(([name, value]) => [name, written(value, inFile[name])]))
    : given;
}

/** Undefined for text that only looks like a group: the setting's own rule will refuse it. */
function group(text: string): unknown {
  try {
    return /^[[{]/.test(text) ? parseExactly(text) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Paths of the secret leaves. Pulumi only tells which top-level keys contain a secret: everything below such a key that the
 * stack's file doesn't have in plain text counts as secret.
 */
export const secretPaths = (leaves: Leaves, file: Leaves, isSecret: (key: string) => boolean): readonly string[] =>
  Object.keys(leaves).filter((path) => isSecret(keyOf(path)) && !isDeepStrictEqual(file[path], leaves[path]));

const secretsBelow = (leaves: Leaves, groups: readonly string[]): string[] =>
  Object.keys(leaves).filter((path) => groups.some((group) => isBelow(path, group)));

/** Provider settings, such as `cloudflare:apiBaseUrl`, which belong to a preview's configuration too. */
const ofOtherProjects = (configuration: Readonly<Record<string, string>>, project: string) =>
  Object.fromEntries(
    Object.entries(configuration)
      .filter(([key]) => !key.startsWith(`${project}:`))
      .map(([key, text]) => [key, group(text) ?? text]),
  );

/** Used by `pulumi.Config`, but missing from the SDK's type declarations (pulumi/pulumi, sdk/nodejs/runtime/config.ts). */
const { isConfigSecret } = pulumi.runtime as unknown as { readonly isConfigSecret: (key: string) => boolean };

function stackFile(name: string): StackFile | undefined {
  const file = join(pulumi.getRootDirectory(), name);
  return existsSync(file) ? parseStackFile(readFileSync(file, "utf8"), pulumi.getProject()) : undefined;
}
