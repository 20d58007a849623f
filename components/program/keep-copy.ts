import * as pulumi from "@pulumi/pulumi";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { copiesFolder, isEncrypted, parseStackFile, withoutPaths } from "../../contract";
import type { Configuration } from "./configuration";

/**
 * Keeps the stack's file as a plain `pulumi up` has deployed it: the next update knows by it what the file has changed since. The
 * command `preview` does that itself, and another file than the stack's own (`--config-file`) isn't this checkout's.
 */
export function keepCopy({ leaves, secrets, handoff }: Configuration): void {
  const name = `Pulumi.${pulumi.getStack()}.yaml`;
  const file = join(pulumi.getRootDirectory(), name);
  if (handoff !== undefined || pulumi.runtime.isDryRun() || !existsSync(file)) {
    return;
  }
  const text = readFileSync(file, "utf8");
  const { settings: own } = parseStackFile(text, pulumi.getProject());
  const encrypted = Object.keys(own).filter((path) => isEncrypted(own[path]));
  if (isDeepStrictEqual(withoutPaths(own, encrypted), withoutPaths(leaves, secrets))) {
    const copy = join(pulumi.getRootDirectory(), copiesFolder, name);
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, text, { mode: 0o600 });
  }
}
