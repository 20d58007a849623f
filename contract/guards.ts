/** The NetworkPolicies that every preview has, whatever its settings: without one of them it isn't isolated. */
export const requiredPolicies = [
  "api-from-web",
  "api-to-database",
  "controller-to-web",
  "database-from-api",
  "default-deny",
  "dns",
  "web-to-api",
] as const;

/** The ResourceQuota that every preview has. */
export const quotaName = "preview";

/** What keeps a preview to itself and within bounds, by the names of what there is; `NetworkPolicy default-deny` is missing. */
export function missingGuards(policies: readonly string[], quotas: readonly string[]): string[] {
  return [
    ...requiredPolicies.filter((name) => !policies.includes(name)).map((name) => `NetworkPolicy ${name}`),
    ...(quotas.includes(quotaName) ? [] : [`ResourceQuota ${quotaName}`]),
  ];
}
