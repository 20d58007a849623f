/** The NetworkPolicies that every preview needs for its isolation, regardless of its settings. */
export const requiredPolicies = [
  "api-from-web",
  "api-to-database",
  "controller-to-web",
  "database-from-api",
  "default-deny",
  "dns",
  "web-to-api",
] as const;

/** Name of the ResourceQuota that every preview has. */
export const quotaName = "preview";

/**
 * The policies and quota that are missing, each with its kind: `NetworkPolicy default-deny`.
 *
 * @param policies names of the existing NetworkPolicies
 * @param quotas names of the existing ResourceQuotas
 */
export function missingGuards(policies: readonly string[], quotas: readonly string[]): string[] {
  return [
    ...requiredPolicies.filter((name) => !policies.includes(name)).map((name) => `NetworkPolicy ${name}`),
    ...(quotas.includes(quotaName) ? [] : [`ResourceQuota ${quotaName}`]),
  ];
}
