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

/** What a record's comment says about whose it is. */
export interface CommentOwner {
  /** The repository, or the product where there is none; shortened where it is long. */
  readonly source: string;
  readonly project: string;
  readonly pullRequest: number;
}

/** Cloudflare's free plan takes no longer comment. */
const maxComment = 100;

/**
 * How the DNS provider shows that a record is ours. Cloudflare's tags are a paid feature, comments are not. Names that
 * don't fit are shortened with a hash, so that two owners never have the same comment.
 */
export function dnsComment(owner: Owner): string {
  const source = owner.repository === "" ? owner.product : owner.repository;
  const whole = commentOf({ source, project: owner.project, pullRequest: owner.pullRequest });
  return whole.length <= maxComment
    ? whole
    : commentOf({ source: shortened(source), project: shortened(owner.project), pullRequest: owner.pullRequest });
}

/** Reads a comment that {@link dnsComment} has written; undefined for every other. */
export function ownerOfComment(comment: string): CommentOwner | undefined {
  const match = /^preview-stack: (\S+) pull request ([1-9]\d{0,9}) \(project (\S+)\)$/.exec(comment);
  return match === null ? undefined : { source: match[1]!, pullRequest: Number(match[2]), project: match[3]! };
}

/** All our comments start with it. */
export const dnsCommentStart = `${tool}:`;

const commentOf = ({ source, project, pullRequest }: CommentOwner): string =>
  `${dnsCommentStart} ${source} pull request ${pullRequest} (project ${project})`;

/** Two names of this length, and a number of ten digits, make a comment that fits. */
const shortened = (name: string): string => (name.length <= 24 ? name : `${name.slice(0, 13)}-${shortHash(name)}`);

/**
 * A label's value has at most 63 characters, no slash, and ends with a letter or digit: the slash of `owner/name`
 * becomes a dot, and what doesn't fit even so is shortened with a hash.
 */
function labelValue(repository: string): string {
  const value = repository.replace("/", ".");
  return /^[A-Za-z0-9._-]{0,62}[A-Za-z0-9]$/.test(value) ? value : `${value.slice(0, 52)}-${shortHash(repository)}`;
}
