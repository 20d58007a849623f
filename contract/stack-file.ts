import { parse } from "yaml";
import { type Leaves, leavesOf } from "./leaves";

/** A stack's configuration file, `Pulumi.pr-1.yaml`. */
export interface StackFile {
  /** What its encrypted values need to be read: `encryptionsalt`, or `secretsprovider` and `encryptedkey`. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly settings: Leaves;
}

/** @param project the Pulumi project's name, which the file may put before its keys */
export function parseStackFile(text: string, project: string): StackFile {
  const { config, ...header } = (parse(text) ?? {}) as Record<string, unknown>;
  const prefix = `${project}:`;
  const values = Object.entries(config ?? {}).map(([key, value]): [string, unknown] => [
    key.startsWith(prefix) ? key.slice(prefix.length) : key,
    value,
  ]);
  return { header, settings: leavesOf(Object.fromEntries(values)) };
}
