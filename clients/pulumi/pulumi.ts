import { execa } from "execa";
import pRetry from "p-retry";
import { limits, UserError } from "../../contract";
import { advised } from "./advice";
import { causeOf } from "../process/cause";

/** Where and with what `pulumi` runs. */
export interface PulumiContext {
  /** The folder with `Pulumi.yaml`. */
  readonly project: string;
  /** Backend, passphrase, kubeconfig, PATH: beside the variables of this process, or in their place. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is given every line that `pulumi` prints. */
  readonly onLine: (line: string) => void;
  /** Called with what is done beside that, such as a state that is restored. */
  readonly report: (message: string) => void;
  /** Ends `pulumi` early as Ctrl-C does: what it is waiting for is recorded as it is. @default runs to its end */
  readonly signal?: AbortSignal;
}

/** For a command that prints secrets: nobody is given its lines. */
export const silent = (context: PulumiContext): PulumiContext => ({ ...context, onLine: () => undefined });

/** What `pulumi` said when it failed. */
export class PulumiError extends UserError {
  /**
   * @param refusal all that it said, where it refused before it began anything: once an update has begun, the words of
   *   what it deploys are among its own
   */
  constructor(
    message: string,
    readonly refusal?: string,
  ) {
    super(message);
  }
}

/** Output that is a refusal and nothing else: what `pulumi` begins, it says first. Pulumi Cloud refuses after the heading. */
export const refusalIn = (output: string): string | undefined =>
  /^\s*(?:(?:Updating|Destroying) \(\S+\):?\s+)?error: /.test(output) ? output : undefined;

/** Why `pulumi` refused to begin; undefined for all other errors. */
export const refusalOf = (error: unknown): string | undefined =>
  error instanceof PulumiError ? error.refusal : undefined;

/**
 * Runs `pulumi` with arguments, never through a shell, and returns what it prints on standard output.
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
 * Whether `pulumi` refused for what another run did in the same moment, in a file backend: a file that it is about to write
 * is empty, or was there when the folder was listed and isn't any more, as a lock that has just been given back.
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
    throw new PulumiError(advised(diagnostics(output, `pulumi ${words.join(" ")}`)), refusalIn(output));
  }
  return result.stdout;
}

/**
 * What a line of `pulumi`'s output says about a resource that is done, in a few words; undefined for all other lines.
 * ` +  kubernetes:apps/v1:Deployment pr-1-api created (2s)` gives `Deployment pr-1-api created (2s)`.
 */
export function resourceDone(line: string): string | undefined {
  const match = /^ *[-+~]+ +\S*:(\w+) (\S+) (?:((?:created|updated|replaced|deleted) .*?) *$|\*\*(\w+ failed))/.exec(
    line,
  );
  return match ? `${match[1]} ${match[2]} ${match[3] ?? match[4]}` : undefined;
}

/** The errors in what `pulumi` printed, without the progress that leads to them. */
export function diagnostics(output: string, command: string): string {
  const lines = output.split("\n");
  const start = lines.findIndex((line) => line.startsWith("Diagnostics:"));
  const end = lines.findIndex((line, index) => index > start && /^(Outputs|Resources|Duration):/.test(line));
  const text = start === -1 ? lines.slice(-15) : lines.slice(start + 1, end === -1 ? undefined : end);
  // What the backend refuses after all else.
  const last = start === -1 || end === -1 ? [] : lines.slice(end).filter((line) => line.startsWith("error: "));
  return `${command} failed:\n${[...text, ...last].join("\n").trimEnd()}`;
}
