import { execa } from "execa";
import { UserError } from "../contract";
import { causeOf } from "./cause";
import type { Deployed } from "./deployed";

/** A preview's namespace and the cluster that it is in. */
export type Place = Pick<Deployed, "kubeContext" | "namespace">;

/**
 * Runs `kubectl` in a preview's namespace, with the context of its stack, and returns what it prints.
 *
 * @throws UserError with kubectl's own words
 */
export async function kubectl({ kubeContext, namespace }: Place, args: readonly string[]): Promise<string> {
  const place = ["--context", kubeContext, "--namespace", namespace];
  const result = await execa("kubectl", [...place, ...args], { reject: false, stdin: "ignore" });
  if (result.failed) {
    const reason = result.stderr === "" ? causeOf("kubectl", result) : result.stderr;
    throw new UserError(`kubectl ${args.slice(0, 3).join(" ")} in ${namespace}: ${reason}`);
  }
  return result.stdout;
}
