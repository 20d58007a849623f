import { codeHost } from "../clients/code-host";
import { Zone } from "../clients/dns";
import { interruption } from "../clients/process/interruption";
import { resourceDone } from "../clients/pulumi/pulumi";
import type { Workspace } from "../lifecycle/workspace";
import { ciFrom } from "./ci";
import { say } from "./output/print";

export const ci = ciFrom(process.env);

/** Progress goes to standard error: standard output has the result alone. */
export const report = (message: string): void => say(`› ${message}`);

/** The Pulumi project of the current folder, found as `pulumi` itself finds it, with the environment of its caller. */
export function workspace(onLine: (line: string) => void = () => undefined): Workspace {
  return {
    project: process.cwd(),
    env: {},
    onLine,
    run: ci.run,
    report,
    interruption,
    codeHost: (repository) => codeHost(repository, ci.codeHost, { report: say }),
    zone: (zoneId) => new Zone(zoneId),
  };
}

/** The same, saying what `pulumi` has done, resource by resource. */
export function reportingWorkspace(): Workspace {
  return workspace((line) => {
    const done = resourceDone(line);
    if (done !== undefined) {
      report(done);
    }
  });
}
