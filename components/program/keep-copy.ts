import * as pulumi from "@pulumi/pulumi";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { copiesFolder, isEncrypted, parseStackFile, withoutPaths } from "../../contract";
import type { Configuration } from "./configuration";

/**
 * Keeps a copy of the stack's file after a plain `pulumi up`, so that the next update can tell what has changed in the file since.
 * The command `preview` keeps its own copy. If another file was deployed (`--config-file`), none is kept.
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
