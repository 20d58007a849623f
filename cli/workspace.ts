import { RunCodeHosts } from "../clients/code-host";
import { Zone } from "../clients/dns";
import { interruption } from "../clients/process/interruption";
import { resourceDone } from "../clients/pulumi/pulumi";
import { openRegistry } from "../clients/registry";
import type { Workspace } from "../lifecycle/workspace";
import { ciFrom } from "./ci";
import { say } from "./output/print";

export const ci = ciFrom(process.env);

/** Progress goes to standard error: standard output carries only the result. */
export const report = (message: string): void => say(`› ${message}`);

const codeHosts = new RunCodeHosts(ci.codeHost, { report: say });

const registry = openRegistry({ env: process.env, report: say, signal: interruption });

/** The Pulumi project in the current folder, with the caller's environment. */
export function workspace(onLine: (line: string) => void = () => undefined): Workspace {
  return {
    project: process.cwd(),
    env: {},
    onLine,
    run: ci.run,
    report,
    interruption,
    codeHost: (repository) => codeHosts.own(repository),
    otherCodeHost: (repository) => codeHosts.other(repository),
    registry: () => registry,
    zone: (zoneId) => new Zone(zoneId),
  };
}

/** The same, reporting each resource that `pulumi` has finished. */
export function reportingWorkspace(): Workspace {
  return workspace((line) => {
    const done = resourceDone(line);
    if (done !== undefined) {
      report(done);
    }
  });
}
