import { join } from "node:path";
import type { PulumiContext } from "./pulumi";

/** The Pulumi program that this command belongs to, with the environment of whoever runs it. */
export function project(onLine: (line: string) => void = () => undefined): PulumiContext {
  return { project: join(__dirname, ".."), env: {}, onLine };
}
