import { Command, InvalidArgumentError } from "commander";
import { pullRequestNumber, UserError } from "../contract";
import { env } from "./commands/env";
import { start } from "./commands/start";
import { type ClusterOptions, startOnCluster } from "./commands/start-on-cluster";
import { stop } from "./commands/stop";
import { test, testAll } from "./commands/test";
import type { LockOptions } from "./machine-lock";
import { buildToolchain } from "./commands/toolchain";
import { nodePort } from "./port";

const noWait = ["--no-wait", "fail at once if another command is running on this machine"] as const;

/** `npm start`, `stop`, `env`, `test`, `test:all` and `toolchain`, which package.json passes on. */
export const program = new Command("npm").description("Previews on the embedded default, or on your own cluster.");

program
  .command("start")
  .description("bring up a preview, with everything that it needs")
  .argument("[number]", "the pull request number", pullRequest, 1)
  .option("--port <port>", "public port of the embedded default", port)
  .option(...noWait)
  .option("--context <name>", "use the cluster of this kubeconfig context instead of the embedded default")
  .option("--domain <domain>", "with --context: the domain that all previews share")
  .option("--api <image>", "with --context: the API's image, by digest or commit SHA")
  .option("--web <image>", "with --context: the web's image, by digest or commit SHA")
  .action(
    (number: number, { port, wait, context, ...own }: { port?: number } & LockOptions & Partial<ClusterOptions>) => {
      if (context !== undefined) {
        refuse({ port, "no-wait": wait === false || undefined }, "only without --context");
        return startOnCluster({ ...own, context, pullRequest: number });
      }
      refuse(own, "only with --context");
      return start({ pullRequest: number, port: port ?? nodePort(), wait });
    },
  );

program
  .command("stop")
  .description("close one preview, or all of them and the embedded node")
  .argument("[number]", "the pull request number; by default everything", pullRequest)
  .option(...noWait)
  .action(stop);

program.command("env").description("print the shell variables of the embedded default").action(env);

program
  .command("test")
  .description("run all suites, or some of them")
  .argument("[paths...]", "test files or folders, such as test/engine; by default all suites")
  .option(...noWait)
  .action(test);

program
  .command("test:all")
  .description("run all suites with the long variants of their tests; takes hours")
  .option(...noWait)
  .action(testAll);

program.command("toolchain").description("build the toolchain into the cache").action(buildToolchain);

/** Refuses an option that would be ignored. */
function refuse(options: object, when: string): void {
  const given = Object.entries(options).find(([, value]) => value !== undefined);
  if (given !== undefined) {
    throw new UserError(`--${given[0]}: allowed ${when}; nothing was changed`);
  }
}

function pullRequest(text: string): number {
  try {
    return pullRequestNumber(`pr-${text}`);
  } catch {
    throw new InvalidArgumentError("It must be a pull request number from 1 to 999999999.");
  }
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65535) {
    throw new InvalidArgumentError("It must be a port from 1 to 65535.");
  }
  return number;
}
