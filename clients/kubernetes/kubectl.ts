import { execa } from "execa";
import { UserError } from "../../contract";
import { causeOf } from "../process/cause";

/** A preview's namespace and the cluster that it is in. */
export interface NamespaceRef {
  /** The kubeconfig's context. */
  readonly kubeContext: string;
  readonly namespace: string;
}

export interface KubectlOptions {
  /** For its standard input. @default none */
  readonly input?: string;
  /** In milliseconds. @default kubectl's own */
  readonly timeout?: number;
  /** How much it may print, in characters; when it prints more it is ended. @default 100 million */
  readonly limit?: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `kubectl` in a preview's namespace, with the context of its stack, and returns what it prints.
 *
 * @throws UserError with kubectl's own words
 */
export async function kubectl(place: NamespaceRef, args: readonly string[], options?: KubectlOptions): Promise<string> {
  const result = await tryKubectl(place, args, options);
  if (result.failed) {
    const reason = result.stderr === "" ? causeOf("kubectl", result) : result.stderr;
    throw new UserError(`kubectl ${args.slice(0, 3).join(" ")} in ${place.namespace}: ${reason}`);
  }
  return result.stdout;
}

/** The same for a caller that judges the outcome. */
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
