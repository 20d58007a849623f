import { execa } from "execa";
import { type Part, UserError } from "../contract";
import { deployedAwake } from "../lifecycle/inventory/deployed";
import { workspace } from "./workspace";

export const partNames = (parts: readonly Part[]): string[] => parts.map(({ name }) => name);

/**
 * Finds one part of a preview.
 *
 * @returns the part, and the `kubectl` options that select its cluster and namespace
 * @throws UserError if the preview has no part of that name
 */
export async function findPart(pullRequest: number, name: string): Promise<{ part: Part; namespaceOptions: string[] }> {
  const { kubeContext, namespace, parts } = await deployedAwake(workspace(), pullRequest);
  const part = parts.find((one) => one.name === name);
  if (part === undefined) {
    throw new UserError(`pr-${pullRequest} has no part ${name}; it has ${partNames(parts).join(", ")}`);
  }
  return { part, namespaceOptions: ["--context", kubeContext, "--namespace", namespace] };
}

/**
 * Runs `kubectl` on this process's own standard streams.
 *
 * @returns its exit code
 */
export async function kubectlPassthrough(args: readonly string[]): Promise<number> {
  const { exitCode } = await execa("kubectl", args, { stdio: "inherit", reject: false });
  return exitCode ?? 2;
}
