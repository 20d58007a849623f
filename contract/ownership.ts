import { shortHash } from "./names";

/** Who a preview belongs to. Two owners never share a namespace. */
export interface Owner {
  /** The Pulumi project's name. */
  readonly project: string;
  readonly product: string;
  /** `owner/name` at the code host, or empty. */
  readonly repository: string;
  readonly pullRequest: number;
}

const managedBy = "app.kubernetes.io/managed-by";
const tool = "preview-stack";
const key = (name: string) => `${tool}/${name}`;

/**
 * The labels that say on a namespace whose it is.
 */
export function ownerLabels(owner: Owner): Record<string, string> {
  return {
    [managedBy]: tool,
    [key("project")]: owner.project,
    [key("product")]: owner.product,
    [key("pull-request")]: String(owner.pullRequest),
    ...(owner.repository === "" ? {} : { [key("repository")]: labelValue(owner.repository) }),
  };
}

/**
 * Undefined where the labels of an existing namespace are those of this owner, else a sentence about whose it is.
 * Creating over somebody's namespace would adopt it, and destroying the preview would then delete it
 * (pulumi/pulumi-kubernetes#4278), so `up` refuses it.
 */
export function foreignOwner(labels: Readonly<Record<string, string>>, owner: Owner): string | undefined {
  const expected = ownerLabels(owner);
  if (labels[managedBy] !== tool) {
    return "it was not made by this tool";
  }
  // With any repository, so that the label of one is looked at also where this owner has none.
  const differing = Object.keys(ownerLabels({ ...owner, repository: "-" }))
    .filter((name) => labels[name] !== expected[name])
    .map((name) => `${name} is ${labels[name] ?? "missing"}, not ${expected[name] ?? "missing"}`);
  return differing.length === 0 ? undefined : differing.join("; ");
}

/** How the DNS provider shows that a record is ours. Cloudflare's tags are a paid feature, comments are not. */
export function dnsComment(owner: Owner): string {
  const source = owner.repository === "" ? owner.product : owner.repository;
  return `${tool}: ${source} pull request ${owner.pullRequest} (project ${owner.project})`;
}

/**
 * A label's value has at most 63 characters, no slash, and ends with a letter or digit: the slash of `owner/name`
 * becomes a dot, and what doesn't fit even so is shortened with a hash.
 */
function labelValue(repository: string): string {
  const value = repository.replace("/", ".");
  return /^[A-Za-z0-9._-]{0,62}[A-Za-z0-9]$/.test(value) ? value : `${value.slice(0, 52)}-${shortHash(repository)}`;
}
