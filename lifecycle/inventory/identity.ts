import { type Leaves, namesOf, type Names, type Owner, UserError } from "../../contract";
import type { NamespaceRef } from "../../clients/kubernetes/kubectl";
import { stackName } from "../../clients/pulumi/stacks";

/** Whose preview it is and where it is, by its stack's configuration, which needn't be valid otherwise. */
export interface Identity {
  readonly owner: Owner;
  readonly names: Names;
  readonly kubeContext: string;
  /** The Cloudflare zone, if previews have DNS records of their own. */
  readonly zoneId?: string;
  readonly ttlDays: number;
  readonly prefix: string;
  readonly domain: string;
  /** The public port. */
  readonly port: number;
}

/** The preview's namespace. */
export const placeOf = ({ kubeContext, names }: Identity): NamespaceRef => ({
  kubeContext,
  namespace: names.namespace,
});

/**
 * Whose preview it is, and where, by its settings.
 *
 * @param settings by path
 * @param fallback the repository if the settings name none @default none
 * @throws UserError if the settings name no cluster or no domain
 */
export function identityFrom(
  project: string,
  pullRequest: number,
  settings: Leaves,
  fallback: { readonly repository?: string } = {},
): Identity {
  const text = (path: string) => {
    const value = settings[path];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const missing = ["kubeContext", "domain"].filter((path) => text(path) === "");
  if (missing.length > 0) {
    const settings = missing.length === 1 ? "setting" : "settings";
    throw new UserError(
      `${stackName(pullRequest)} has no ${settings} ${missing.join(" and ")}, so it isn't known where the preview is: ` +
        "what all previews share is set in Pulumi.preview.yaml, below config",
    );
  }
  const port = Number(text("port") || 443);
  return {
    owner: {
      project,
      product: text("product"),
      repository: text("repository") || (fallback.repository ?? ""),
      pullRequest,
    },
    names: namesOf({ pullRequest, prefix: text("prefix"), domain: text("domain"), port }),
    kubeContext: text("kubeContext"),
    zoneId: text("dns.zoneId") || undefined,
    ttlDays: Number(text("ttlDays") || 14),
    prefix: text("prefix"),
    domain: text("domain"),
    port,
  };
}

/** What all previews of the current project have in common; its pull request is a placeholder. */
export type SharedIdentity = Omit<Identity, "names">;
