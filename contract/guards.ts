import { frontOf, standardParts } from "./parts";

/** The NetworkPolicies of every preview. */
const ofEvery = ["api-to-database", "database-from-api", "default-deny", "dns"];
const ofWeb = ["api-from-web", "controller-to-web", "web-to-api"];
const withoutWeb = ["controller-to-api"];

/**
 * The NetworkPolicies that a preview must have: those for its isolation and its standard parts, whatever its settings are, and
 * those that its last update made, such as `web.to.redis`.
 *
 * @param parts names of its parts
 * @param deployed what its last update made @default unknown: only the first are required
 */
export function requiredPolicies(parts: readonly string[], deployed: readonly string[] = []): string[] {
  const ofFront = frontOf(parts) === standardParts.web.name ? ofWeb : withoutWeb;
  return [...new Set([...ofEvery, ...ofFront, ...deployed])].sort();
}

/** Name of the ResourceQuota that every preview has. */
export const quotaName = "preview";

/** What a preview consists of, by name. */
export interface Guarded {
  /** Its parts whose pods keep running. */
  readonly parts: readonly string[];
  /** The NetworkPolicies that its last update made; undefined if that isn't known. */
  readonly policies?: readonly string[];
}

/**
 * The policies and quota that are missing, each with its kind: `NetworkPolicy default-deny`.
 *
 * @param found the names of those in its namespace
 */
export function missingGuards(
  { parts, policies: deployed }: Guarded,
  { policies, quotas }: { readonly policies: readonly string[]; readonly quotas: readonly string[] },
): string[] {
  return [
    ...requiredPolicies(parts, deployed)
      .filter((name) => !policies.includes(name))
      .map((name) => `NetworkPolicy ${name}`),
    ...(quotas.includes(quotaName) ? [] : [`ResourceQuota ${quotaName}`]),
  ];
}
