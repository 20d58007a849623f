import { shortCommit } from "../commit";
import type { Images } from "../image-reference";

/** What a part from another repository is asked to be. */
export type Ref =
  /** `sha` pins a pull request: if its head is another commit, the run steps aside. */
  | { readonly pull: number; readonly sha?: string }
  | { readonly commit: string }
  | { readonly tag: string }
  | { readonly branch: string };

/** A wish for a commit of another repository, and where it was made. */
export interface Dependency {
  /** `owner/name`, as it was written. */
  readonly repository: string;
  readonly ref: Ref;
  /** For messages: `--with`, `preview-overrides.yaml:3`, `the description, line 7`. */
  readonly where: string;
  /** The part that it was written for; undefined if for every part of the repository. */
  readonly part?: string;
}

/** What a part from another repository was resolved to. It is part of the record, so plain JSON. */
export interface Resolved {
  /** `owner/name`, as in the setting `sources`. */
  readonly repository: string;
  /** The source's branch if nothing was asked for. */
  readonly ref: Ref;
  /** Whether the pull request was merged: it is followed no longer. */
  readonly merged?: true;
  /** The full commit. */
  readonly commit: string;
  /** The commit's image by tag and digest. */
  readonly image: string;
}

/** What the parts from other repositories were resolved to, by part. */
export type Pair = Readonly<Record<string, Resolved>>;

/** `myorg/backend#515`, `myorg/backend tag v1.2`, `myorg/backend main`, `myorg/backend 4f5c2d1`. */
export function dependencyText({ repository, ref }: Pick<Resolved, "repository" | "ref">): string {
  if ("pull" in ref) {
    return `${repository}#${ref.pull}`;
  }
  if ("tag" in ref) {
    return `${repository} tag ${ref.tag}`;
  }
  return `${repository} ${"branch" in ref ? ref.branch : shortCommit(ref.commit)}`;
}

/** Repository names as GitHub compares them, whatever their case. */
export const isSameRepository = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The parts of a pair that still run what it was resolved to: another image given by hand ends a part's pairing. */
export const pairOf = (pair: Pair | undefined, images: Images): Pair =>
  Object.fromEntries(Object.entries(pair ?? {}).filter(([part, { image }]) => images[part] === image));

/** `myorg/backend#515 at <commit>`, and whether it was merged. */
export const resolvedText = (resolved: Resolved): string =>
  `${dependencyText(resolved)}${resolved.merged ? ", merged," : ""} at ${resolved.commit}`;
