import assert from "node:assert/strict";
import { parseSettings, type Settings, SettingsError, type SettingsInput } from "../../contract";

export const digest = `sha256:${"a1".repeat(32)}`;

/** Looks like a certificate; it isn't one. */
export const certificate = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n";

/** The smallest valid configuration of a stack. */
export const minimal = {
  kubeContext: "previews",
  domain: "previews.example.com",
  product: "orders",
  api: { image: "ghcr.io/myorg/api:4f5c2d1" },
  web: { image: `ghcr.io/myorg/web@${digest}` },
} satisfies SettingsInput;

export function settingsWith(values: SettingsInput = {}, stack = "pr-123"): Settings {
  return parseSettings(stack, "preview", { ...minimal, ...values });
}

/** What is wrong with these settings beside the smallest valid ones; empty if they are valid. */
export function problemsWith(values: object): readonly string[] {
  try {
    parseSettings("pr-1", "preview", { ...minimal, ...values });
  } catch (error) {
    assert.ok(error instanceof SettingsError, String((error as Error).stack));
    return error.problems;
  }
  return [];
}
