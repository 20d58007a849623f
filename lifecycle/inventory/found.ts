import { dnsComment, foreignOwner, namesOf, type LifecycleRecord, type Owner, recordFrom } from "../../contract";

/** Whose previews are looked at, and how they are named. */
export interface Site {
  readonly owner: Omit<Owner, "pullRequest">;
  readonly prefix: string;
  readonly domain: string;
}

/** What there is, as the backend, the cluster and the DNS provider list it. */
export interface Lists {
  /** Names of stacks. */
  readonly stacks: readonly string[];
  /** Namespaces, all that there are. */
  readonly namespaces: readonly ListedNamespace[];
  /** DNS records whose comment is that of a preview, any owner's. */
  readonly records: readonly ListedRecord[];
}

export interface ListedNamespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** When it was made, ISO 8601. */
  readonly created: string;
  /** It is being deleted. */
  readonly terminating: boolean;
}

export interface ListedRecord {
  readonly name: string;
  readonly comment: string;
  /** What the comment says. */
  readonly owner: { readonly pullRequest: number };
}

/** All that belongs to one pull request, and what was recorded about it. */
export interface Found {
  readonly pullRequest: number;
  /** The namespace that it has, or would have. */
  readonly name: string;
  readonly hasStack: boolean;
  readonly namespace?: Pick<ListedNamespace, "created" | "terminating"> & { readonly record: LifecycleRecord };
  /** Names of DNS records. */
  readonly records: readonly string[];
  /** NetworkPolicies and quota that every preview has and this one lacks; undefined where nobody has looked. */
  readonly missing?: readonly string[];
  /** Why the namespace of that name isn't ours to touch. */
  readonly foreign?: string;
}

/** Brings together what belongs together, by pull request. What is another owner's, under another name, isn't in it. */
export function foundIn({ stacks, namespaces, records }: Lists, site: Site): Found[] {
  const byName = new Map(namespaces.map((namespace) => [namespace.name, namespace]));
  const ownStacks = new Set(stacks.map((name) => numberIn(name, /^pr-([1-9]\d{0,8})$/)));
  const ownRecords = records.filter(
    ({ comment, owner }) => comment === dnsComment({ ...site.owner, pullRequest: owner.pullRequest }),
  );
  const numbers = new Set([
    ...ownStacks,
    ...namespaces.map(({ name }) => numberOf(name, site)),
    ...ownRecords.map(({ owner }) => owner.pullRequest),
  ]);
  return [...numbers]
    .filter((number) => number !== undefined)
    .sort((a, b) => a - b)
    .map((pullRequest) => {
      const name = nameOf(pullRequest, site);
      const namespace = byName.get(name);
      return {
        pullRequest,
        name,
        hasStack: ownStacks.has(pullRequest),
        namespace: namespace && {
          created: namespace.created,
          terminating: namespace.terminating,
          record: recordFrom(namespace.annotations),
        },
        records: ownRecords.filter(({ owner }) => owner.pullRequest === pullRequest).map((record) => record.name),
        foreign: namespace && foreignOwner(namespace.labels, { ...site.owner, pullRequest }),
      };
    });
}

const nameOf = (pullRequest: number, { prefix, domain }: Site) =>
  namesOf({ pullRequest, prefix, domain, port: 443 }).namespace;

/** The pull request that a namespace is named after; undefined for all that aren't named as previews here are. */
function numberOf(namespace: string, site: Site): number | undefined {
  const number = numberIn(namespace, /(?:^|-)pr-([1-9]\d{0,8})$/);
  return number !== undefined && nameOf(number, site) === namespace ? number : undefined;
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
