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

/** The labels that mark a namespace as its owner's. */
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
 * Why an existing namespace isn't this owner's; undefined if it is. Pulumi would adopt the existing namespace and delete it
 * with the preview (pulumi/pulumi-kubernetes#4278), so `up` refuses it.
 */
export function foreignOwner(labels: Readonly<Record<string, string>>, owner: Owner): string | undefined {
  const expected = ownerLabels(owner);
  if (labels[managedBy] !== tool) {
    return `it was not created by this tool (${managedBy} is ${labels[managedBy] ?? "missing"})`;
  }
  // With a placeholder repository, so that its label is compared even if this owner has none.
  const differing = Object.keys(ownerLabels({ ...owner, repository: "-" }))
    .filter((name) => labels[name] !== expected[name])
    .map((name) => `${name} is ${labels[name] ?? "missing"}, not ${expected[name] ?? "missing"}`);
  return differing.length === 0 ? undefined : differing.join("; ");
}

/** The owner of a DNS record, as its comment names it. */
export interface CommentOwner {
  /** The repository, otherwise the product; shortened if it is long. */
  readonly source: string;
  readonly project: string;
  readonly pullRequest: number;
}

/** The limit of Cloudflare's free plan. */
const maxComment = 100;

/**
 * The comment that marks a DNS record as its owner's. (Cloudflare's tags are a paid feature.) Names that don't fit are
 * shortened with a hash, so that comments of different owners differ.
 */
export function dnsComment(owner: Owner): string {
  const source = owner.repository === "" ? owner.product : owner.repository;
  const whole = commentOf({ source, project: owner.project, pullRequest: owner.pullRequest });
  return whole.length <= maxComment
    ? whole
    : commentOf({ source: shortened(source), project: shortened(owner.project), pullRequest: owner.pullRequest });
}

/** Parses a comment written by {@link dnsComment}; undefined for any other. */
export function ownerOfComment(comment: string): CommentOwner | undefined {
  const match = /^preview-stack: (\S+) pull request ([1-9]\d{0,9}) \(project (\S+)\)$/.exec(comment);
  return match === null ? undefined : { source: match[1]!, pullRequest: Number(match[2]), project: match[3]! };
}

/** The start of every comment written by {@link dnsComment}. */
export const dnsCommentStart = `${tool}:`;

const commentOf = ({ source, project, pullRequest }: CommentOwner): string =>
  `${dnsCommentStart} ${source} pull request ${pullRequest} (project ${project})`;

/** A comment with two names of this length and a number of ten digits fits. */
const shortened = (name: string): string => (name.length <= 24 ? name : `${name.slice(0, 13)}-${shortHash(name)}`);

/**
 * A label's value has at most 63 characters, no slash, and ends with a letter or digit. The slash of `owner/name` becomes a
 * dot; what still doesn't fit is shortened with a hash.
 */
function labelValue(repository: string): string {
  const value = repository.replace("/", ".");
  return /^[A-Za-z0-9._-]{0,62}[A-Za-z0-9]$/.test(value) ? value : `${value.slice(0, 52)}-${shortHash(repository)}`;
}
