import type { PulumiContext } from "./pulumi";

/** The Pulumi project of the current folder, found as `pulumi` itself finds it, with the environment of whoever runs it. */
export function project(onLine: (line: string) => void = () => undefined): PulumiContext {
  return { project: process.cwd(), env: {}, onLine };
}
