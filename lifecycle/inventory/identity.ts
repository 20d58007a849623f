import { type Leaves, namesOf, type Names, type Owner, UserError } from "../../contract";
import type { NamespaceRef } from "../../clients/kubernetes/kubectl";
import { stackName } from "../../clients/pulumi/stacks";

/** What a stack's configuration says about whose preview it is and where it is, valid or not in all else. */
export interface Identity {
  readonly owner: Owner;
  readonly names: Names;
  readonly kubeContext: string;
  /** The Cloudflare zone, where a record is made. */
  readonly zoneId?: string;
  readonly ttlDays: number;
  readonly prefix: string;
  readonly domain: string;
  /** The public port. */
  readonly port: number;
}

/** Where the preview's objects are. */
export const placeOf = ({ kubeContext, names }: Identity): NamespaceRef => ({
  kubeContext,
  namespace: names.namespace,
});

/**
 * Whose preview it is that has these settings, and where it is.
 *
 * @param settings by their path
 * @param fallback the repository of a preview whose settings name none @default none
 * @throws UserError where they don't say which cluster and domain it belongs to
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
  if (text("kubeContext") === "" || text("domain") === "") {
    throw new UserError(
      `${stackName(pullRequest)}: its configuration has no kubeContext or no domain, so there is no telling where the preview is`,
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

/** What all previews of the current project have in common; the pull request in it stands for any. */
export type SharedIdentity = Omit<Identity, "names">;
