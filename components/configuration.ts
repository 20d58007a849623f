import * as pulumi from "@pulumi/pulumi";
import { parseSettings, type Settings, type SettingsInput } from "../contract";

/** The settings of the stack that is being updated, from its name and its configuration. */
export function stackSettings(): Settings {
  const project = pulumi.getProject();
  return parseSettings(pulumi.getStack(), project, fromConfiguration(pulumi.runtime.allConfig(), project));
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
