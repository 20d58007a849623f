import * as pulumi from "@pulumi/pulumi";
import { generationOf, parseSettings, type Settings, type SettingsInput } from "../contract";
import type { Existing } from "./preflight";

/**
 * The settings of the stack that is being updated, from its name and its configuration.
 *
 * @param existing what is deployed: which database this is stays as it is where the configuration doesn't say
 */
export function stackSettings({ database }: Existing = {}): Settings {
  const project = pulumi.getProject();
  const given = fromConfiguration(pulumi.runtime.allConfig(), project);
  const isGroup = given.database === undefined || typeof given.database === "object";
  return parseSettings(pulumi.getStack(), project, {
    ...given,
    ...(database && isGroup && { database: { generation: generationOf(database), ...given.database } }),
  });
}

/**
 * A project's part of Pulumi's configuration, which is all text, as settings. Keys that aren't ours are kept, so that a
 * misspelt one is reported. A group without a value is left out: `Pulumi.yaml` gives every key a default, so that the
 * CLI doesn't complain about keys one at a time before our own validation names all.
 */
export function fromConfiguration(configuration: Readonly<Record<string, string>>, project: string): SettingsInput {
  const prefix = `${project}:`;
  return Object.fromEntries(
    Object.entries(configuration)
      .filter(([key, text]) => key.startsWith(prefix) && text !== "{}")
      .map(([key, text]) => [key.slice(prefix.length), group(text) ?? text]),
  );
}

/** A text that only looks like a group is kept: its setting's rule says what is wrong with it. */
function group(text: string): unknown {
  try {
    return /^[[{]/.test(text) ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}
