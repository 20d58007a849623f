import { harmless } from "./harmless";
import { type PulumiContext, resourceDone } from "./pulumi";

/** The Pulumi project of the current folder, found as `pulumi` itself finds it, with the environment of whoever runs it. */
export function project(onLine: (line: string) => void = () => undefined): PulumiContext {
  return { project: process.cwd(), env: {}, onLine };
}

/** Progress goes to standard error: standard output has the result alone. */
export const report = (message: string): void => console.error(`› ${harmless(message)}`);

/** The same, saying what `pulumi` has done, resource by resource. */
export function reportingProject(): PulumiContext {
  return project((line) => {
    const done = resourceDone(line);
    if (done !== undefined) {
      report(done);
    }
  });
}
