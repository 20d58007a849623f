import { frontOf, standardParts } from "./parts";

/** The NetworkPolicies of every preview. */
const ofEvery = ["api-to-database", "database-from-api", "default-deny", "dns"];
const ofWeb = ["api-from-web", "controller-to-web", "web-to-api"];
const withoutWeb = ["controller-to-api"];

/**
 * The NetworkPolicies that a preview needs for its isolation and for its standard parts, whatever its other settings are.
 *
 * @param parts names of its parts
 */
export function requiredPolicies(parts: readonly string[]): string[] {
  const ofFront = frontOf(parts) === standardParts.web.name ? ofWeb : withoutWeb;
  return [...ofEvery, ...ofFront].sort();
}

/** Name of the ResourceQuota that every preview has. */
export const quotaName = "preview";

/** What is in a preview's namespace, by name. */
export interface Guarded {
  readonly policies: readonly string[];
  readonly quotas: readonly string[];
  /** Its parts. */
  readonly parts: readonly string[];
}

/** The policies and quota that are missing, each with its kind: `NetworkPolicy default-deny`. */
export function missingGuards({ policies, quotas, parts }: Guarded): string[] {
  return [
    ...requiredPolicies(parts)
      .filter((name) => !policies.includes(name))
      .map((name) => `NetworkPolicy ${name}`),
    ...(quotas.includes(quotaName) ? [] : [`ResourceQuota ${quotaName}`]),
  ];
}
