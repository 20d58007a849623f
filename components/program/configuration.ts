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

/** What the stack that is being updated is to be. */
export interface Configuration {
  readonly given: SettingsInput;
  /** The same by leaf. */
  readonly leaves: Leaves;
  /** Paths of the leaves that are secret. */
  readonly secrets: readonly string[];
  /** What all previews share; empty where there is no `Pulumi.preview.yaml`. */
  readonly shared: Leaves;
  /** The stack's file as it was deployed last from this checkout; undefined where it wasn't. */
  readonly copy?: Leaves;
  /** Undefined where a person runs `pulumi up`. */
  readonly handoff?: Handoff;
}

/** Reads the configuration of the stack that is being updated, and the files beside it. */
export function stackConfiguration(env = process.env): Configuration {
  const project = pulumi.getProject();
  const all = pulumi.runtime.allConfig();
  const file = stackFile(`Pulumi.${pulumi.getStack()}.yaml`);
  const found = stackFile(join(copiesFolder, `Pulumi.${pulumi.getStack()}.yaml`));
  const handed = env[handoffVariable];
  const handoff = handed === undefined ? undefined : (JSON.parse(handed) as Handoff);
  const shared = stackFile("Pulumi.preview.yaml")?.settings ?? {};
  const read = fromConfiguration(all, project);
  // The command preview has read them as they are written.
  const given = handoff === undefined ? asWritten(read, { ...shared, ...file?.settings }) : read;
  const leaves = leavesOf({ ...given, ...ofOtherProjects(all, project) });
  return {
    given,
    leaves,
    secrets: handoff
      ? secretsBelow(leaves, handoff.secrets)
      : secretPaths(leaves, file?.settings ?? {}, (key) => isConfigSecret(fullKey(key, project))),
    shared,
    // One of a stack of the same name that has been closed since has another key.
    copy: isDeepStrictEqual(found?.header, file?.header) ? found?.settings : undefined,
    handoff,
  };
}

/**
 * Settings of the stack that is being updated.
 *
 * @param deployed what was deployed last: a configuration that doesn't say whether the preview sleeps leaves it as it is
 * @param existing what the cluster has: which database this is stays as it is where the configuration doesn't say
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
 * A project's part of Pulumi's configuration, which is all text, as settings. Keys that aren't ours are kept, so that a
 * misspelt one is reported. What is empty is left out: `Pulumi.yaml` gives every key an empty default, so that the CLI
 * doesn't complain about keys one at a time before our own validation names all.
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
 * Settings with the numbers that Pulumi has lost digits of, or made others of, as they stand in the stack's file, or in the
 * one that it was copied from.
 */
export const asWritten = (given: SettingsInput, file: Leaves): SettingsInput =>
  written(given, valuesOf(file)) as SettingsInput;

function written(given: unknown, inFile: unknown): unknown {
  if (Array.isArray(given) && Array.isArray(inFile) && given.length === inFile.length) {
    return given.map((value, index) => written(value, inFile[index]));
  }
  const isLonger = typeof given === "number" && typeof inFile === "string" && Number(inFile) === given;
  if (isLonger || (isUnquoted(inFile) && isParsedFrom(given, inFile))) {
    return inFile;
  }
  return isGroup(given) && isGroup(inFile)
    ? Object.fromEntries(Object.entries(given).map(([name, value]) => [name, written(value, inFile[name])]))
    : given;
}

/** A text that only looks like a group is kept: its setting's rule says what is wrong with it. */
function group(text: string): unknown {
  try {
    return /^[[{]/.test(text) ? parseExactly(text) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Paths of the secret ones among leaves. Pulumi only says of an outermost key that there is a secret below it: what the stack's
 * own file doesn't have in clear counts as one.
 */
export const secretPaths = (leaves: Leaves, file: Leaves, isSecret: (key: string) => boolean): readonly string[] =>
  Object.keys(leaves).filter((path) => isSecret(keyOf(path)) && !isDeepStrictEqual(file[path], leaves[path]));

const secretsBelow = (leaves: Leaves, groups: readonly string[]): string[] =>
  Object.keys(leaves).filter((path) => groups.some((group) => isBelow(path, group)));

/** Settings of providers, `cloudflare:apiBaseUrl`, which go with a preview as well. */
const ofOtherProjects = (configuration: Readonly<Record<string, string>>, project: string) =>
  Object.fromEntries(
    Object.entries(configuration)
      .filter(([key]) => !key.startsWith(`${project}:`))
      .map(([key, text]) => [key, group(text) ?? text]),
  );

/** The SDK has it, and uses it for `pulumi.Config`, but doesn't declare it (pulumi/pulumi, sdk/nodejs/runtime/config.ts). */
const { isConfigSecret } = pulumi.runtime as unknown as { readonly isConfigSecret: (key: string) => boolean };

function stackFile(name: string): StackFile | undefined {
  const file = join(pulumi.getRootDirectory(), name);
  return existsSync(file) ? parseStackFile(readFileSync(file, "utf8"), pulumi.getProject()) : undefined;
}
