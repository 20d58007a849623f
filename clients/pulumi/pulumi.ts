import { execa } from "execa";
import pRetry from "p-retry";
import { limits, UserError } from "../../contract";
import { withAdvice } from "./advice";
import { causeOf } from "../process/cause";

/** Where and how `pulumi` runs. */
export interface PulumiContext {
  /** The folder with `Pulumi.yaml`. */
  readonly project: string;
  /** Variables such as backend, passphrase, kubeconfig, PATH. They extend and override this process's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called with every line that `pulumi` prints. */
  readonly onLine: (line: string) => void;
  /** Called with what we do ourselves, such as restoring a state. */
  readonly report: (message: string) => void;
  /** Stops `pulumi` early, as Ctrl-C does: it saves its state as it is. @default it runs to its end */
  readonly signal?: AbortSignal;
}

/** For a command that prints secrets: its lines are passed to no one. */
export const silent = (context: PulumiContext): PulumiContext => ({ ...context, onLine: () => undefined });

/** A failure of `pulumi`, with its own message. */
export class PulumiError extends UserError {
  /**
   * @param refusal its whole output, if it refused to begin: after that, its output may quote what it deploys
   */
  constructor(
    message: string,
    readonly refusal?: string,
  ) {
    super(message);
  }
}

/** The output, if it is only a refusal: `pulumi` prints a heading before it begins. Pulumi Cloud refuses after the heading. */
export const refusalIn = (output: string): string | undefined =>
  /^\s*(?:(?:Updating|Destroying) \(\S+\):?\s+)?error: /.test(output) ? output : undefined;

/** Why `pulumi` refused to begin; undefined for any other error. */
export const refusalOf = (error: unknown): string | undefined =>
  error instanceof PulumiError ? error.refusal : undefined;

/**
 * Runs `pulumi`, never through a shell, and returns its standard output.
 *
 * @throws UserError with pulumi's own diagnostics
 */
export async function pulumi(context: PulumiContext, args: readonly string[], input?: string): Promise<string> {
  return pRetry(() => run(context, args, input), {
    retries: 5,
    minTimeout: 100,
    shouldRetry: ({ error }) => isRace(refusalOf(error) ?? ""),
  });
}

/**
 * Whether `pulumi` refused because of a race with another run in a file backend: a file that is being written is still empty, or
 * one that was listed is gone, such as a lock that has just been released.
 */
export const isRace = (refusal: string): boolean =>
  /^error: (?:.*: )?(?:EOF$|list bucket: blob \(code=NotFound\)|blob \(key "\.pulumi\/locks\/[^"]+"\) \(code=NotFound\))/m.test(
    refusal,
  );

async function run(context: PulumiContext, args: readonly string[], input?: string): Promise<string> {
  const child = execa("pulumi", [...args, "--non-interactive", "--color=never"], {
    cwd: context.project,
    env: { PULUMI_SKIP_UPDATE_CHECK: "true", ...context.env },
    all: true,
    reject: false,
    ...(context.signal && {
      cancelSignal: context.signal,
      killSignal: "SIGINT",
      forceKillAfterDelay: limits.pulumiExitSeconds * 1000,
    }),
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
  });
  for await (const line of child.iterable({ from: "all" })) {
    context.onLine(line);
  }
  const result = await child;
  if (result.failed) {
    const options = args.findIndex((arg) => arg.startsWith("--"));
    const words = options === -1 ? args : args.slice(0, options);
    const output = result.all === "" ? causeOf("pulumi", result) : result.all;
    throw new PulumiError(withAdvice(diagnostics(output, `pulumi ${words.join(" ")}`)), refusalIn(output));
  }
  return result.stdout;
}

/**
 * A short form of a line of `pulumi`'s output about a finished resource; undefined for any other line.
 * ` +  kubernetes:apps/v1:Deployment pr-1-api created (2s)` gives `Deployment pr-1-api created (2s)`.
 */
export function resourceDone(line: string): string | undefined {
  const match = /^ *[-+~]+ +\S*:(\w+) (\S+) (?:((?:created|updated|replaced|deleted) .*?) *$|\*\*(\w+ failed))/.exec(
    line,
  );
  return match ? `${match[1]} ${match[2]} ${match[3] ?? match[4]}` : undefined;
}

/** The errors in `pulumi`'s output, without the progress before them. */
export function diagnostics(output: string, command: string): string {
  const lines = output.split("\n");
  const start = lines.findIndex((line) => line.startsWith("Diagnostics:"));
  const end = lines.findIndex((line, index) => index > start && /^(Outputs|Resources|Duration):/.test(line));
  const text = start === -1 ? lines.slice(-15) : lines.slice(start + 1, end === -1 ? undefined : end);
  // The backend may still refuse at the very end.
  const last = start === -1 || end === -1 ? [] : lines.slice(end).filter((line) => line.startsWith("error: "));
  return `${command} failed:\n${[...text, ...last].join("\n").trimEnd()}`;
}
