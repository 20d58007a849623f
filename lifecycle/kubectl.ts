import { execa } from "execa";
import { UserError } from "../contract";
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
  const { failed, stdout, stderr, shortMessage } = await execa("kubectl", [...place, ...args], {
    reject: false,
    stdin: "ignore",
  });
  if (failed) {
    throw new UserError(`kubectl ${args.slice(0, 3).join(" ")} in ${namespace}: ${stderr || (shortMessage ?? "")}`);
  }
  return stdout;
}
