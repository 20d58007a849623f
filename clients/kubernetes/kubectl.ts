import { execa } from "execa";
import { UserError } from "../../contract";
import { causeOf } from "../process/cause";

/** A preview's namespace and its cluster. */
export interface NamespaceRef {
  /** The kubeconfig context. */
  readonly kubeContext: string;
  readonly namespace: string;
}

export interface KubectlOptions {
  /** Its standard input. @default none */
  readonly input?: string;
  /** In milliseconds. @default kubectl's own */
  readonly timeout?: number;
  /** How many characters it may print before it is killed. @default 100 million */
  readonly limit?: number;
  /** Stops it early. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `kubectl` in a preview's namespace and returns what it prints.
 *
 * @throws UserError with kubectl's own message
 */
export async function kubectl(place: NamespaceRef, args: readonly string[], options?: KubectlOptions): Promise<string> {
  const result = await tryKubectl(place, args, options);
  if (result.failed) {
    const said = withoutLog(result.stderr);
    if (/^error: context ".*" does not exist$/m.test(said)) {
      throw new UserError(
        `kubeContext: context ${JSON.stringify(place.kubeContext)} does not exist in the kubeconfig; kubectl config get-contexts ` +
          "lists those that do",
      );
    }
    const reason = said === "" ? causeOf("kubectl", result) : said;
    throw new UserError(`kubectl ${args.slice(0, 3).join(" ")} in ${place.namespace}: ${reason}`);
  }
  return result.stdout;
}

/** An error without the lines that kubectl's libraries log before it, one for each attempt: `E1130 08:00:00.000000 …`. */
const withoutLog = (stderr: string): string =>
  stderr
    .split("\n")
    .filter((line) => !/^[IWEF]\d{4} \d\d:\d\d:\d\d/.test(line))
    .join("\n");

/** The same, but returns failures, too. */
export function tryKubectl(
  { kubeContext, namespace }: NamespaceRef,
  args: readonly string[],
  { input, timeout, limit, signal }: KubectlOptions = {},
) {
  return execa("kubectl", ["--context", kubeContext, "--namespace", namespace, ...args], {
    reject: false,
    timeout,
    ...(limit !== undefined && { maxBuffer: limit }),
    ...(signal && { cancelSignal: signal }),
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
  });
}
