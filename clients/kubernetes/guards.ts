import { type Guarded, missingGuards } from "../../contract";
import type { Get } from "./proxy";

interface List {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

/** A regular expression for the paths that {@link guardsMissingIn} reads. */
export const guardPaths =
  "^(/api/v1/namespaces/[^/]+/resourcequotas|/apis/networking.k8s.io/v1/namespaces/[^/]+/networkpolicies)$";

/**
 * The guards that a preview lacks, such as `NetworkPolicy default-deny`.
 *
 * @throws UserError if the cluster refuses or can't be reached
 */
export async function guardsMissingIn(get: Get, namespace: string, preview: Guarded): Promise<string[]> {
  const lists = [
    `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
    `/api/v1/namespaces/${namespace}/resourcequotas`,
  ].map(async (path) => ((await get(path)) as List).items.map(({ metadata }) => metadata.name));
  const [policies, quotas] = await Promise.all(lists);
  return missingGuards(preview, { policies: policies ?? [], quotas: quotas ?? [] });
}

/** `NetworkPolicy default-deny, ResourceQuota preview missing` */
export const missingAsText = (missing: readonly string[]): string => `${missing.join(", ")} missing`;
