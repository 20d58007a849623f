import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { say } from "./output/print";
import { type PulumiContext, resourceDone } from "../clients/pulumi/pulumi";

/** The Pulumi project of the current folder, found as `pulumi` itself finds it, with the environment of whoever runs it. */
export function project(onLine: (line: string) => void = () => undefined): PulumiContext {
  return { project: process.cwd(), env: {}, onLine };
}

/** The Pulumi project's name. */
export const projectName = ({ project: folder }: PulumiContext): string =>
  (parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as { name: string }).name;

/** Progress goes to standard error: standard output has the result alone. */
export const report = (message: string): void => say(`› ${message}`);

/** The same, saying what `pulumi` has done, resource by resource. */
export function reportingProject(): PulumiContext {
  return project((line) => {
    const done = resourceDone(line);
    if (done !== undefined) {
      report(done);
    }
  });
}
