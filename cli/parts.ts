import { deployed } from "../lifecycle/inventory/deployed";
import { workspace } from "./workspace";

/** The parts of a preview that have pods, by what a person calls them, with what `kubectl` calls them. */
export const parts = { api: "deployment/api", web: "deployment/web", db: "statefulset/db" } as const;
export const partNames = Object.keys(parts) as (keyof typeof parts)[];

/** Where a preview's parts are, as options of `kubectl`. */
export async function placeOptions(pullRequest: number): Promise<string[]> {
  const { kubeContext, namespace } = await deployed(workspace(), pullRequest);
  return ["--context", kubeContext, "--namespace", namespace];
}
