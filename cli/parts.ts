import { execa } from "execa";
import { type Part, UserError } from "../contract";
import { deployedAwake } from "../lifecycle/inventory/deployed";
import { workspace } from "./workspace";

/** What a person calls parts of a preview. */
export const partNames = (parts: readonly Part[]): string[] => parts.map(({ name }) => name);

/**
 * One part of a preview.
 *
 * @returns the part, and where it is as options of `kubectl`
 * @throws UserError where the preview has no part of that name
 */
export async function findPart(pullRequest: number, name: string): Promise<{ part: Part; place: string[] }> {
  const { kubeContext, namespace, parts } = await deployedAwake(workspace(), pullRequest);
  const part = parts.find((one) => one.name === name);
  if (part === undefined) {
    throw new UserError(`pr-${pullRequest} has no part ${name}; it has ${partNames(parts).join(", ")}`);
  }
  return { part, place: ["--context", kubeContext, "--namespace", namespace] };
}

/**
 * Runs `kubectl` in this process's place: every byte, in both directions.
 *
 * @returns its exit code
 */
export async function kubectlAsItIs(args: readonly string[]): Promise<number> {
  const { exitCode } = await execa("kubectl", args, { stdio: "inherit", reject: false });
  return exitCode ?? 2;
}
