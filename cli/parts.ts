import { execa } from "execa";
import { type Part, sortedNames, UserError } from "../contract";
import { deployedAwake } from "../lifecycle/inventory/deployed";
import { workspace } from "./workspace";

/**
 * Finds one part of a preview.
 *
 * @param suitable those that the command is for @default all
 * @returns the part, and the `kubectl` options that select its cluster and namespace
 * @throws UserError if the preview has no such part of that name
 */
export async function findPart(
  pullRequest: number,
  name: string,
  suitable: (parts: readonly Part[]) => readonly Part[] = (all) => all,
): Promise<{ part: Part; namespaceOptions: string[] }> {
  const { kubeContext, namespace, parts } = await deployedAwake(workspace(), pullRequest);
  const part = partCalled(name, suitable(parts), pullRequest);
  return { part, namespaceOptions: ["--context", kubeContext, "--namespace", namespace] };
}

/** @throws UserError that lists the parts if none has that name */
export function partCalled(name: string, parts: readonly Part[], pullRequest: number): Part {
  const part = parts.find((one) => one.name === name);
  if (part === undefined) {
    throw new UserError(`pr-${pullRequest} has no part ${name} for this; there are ${sortedNames(parts).join(", ")}`);
  }
  return part;
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
