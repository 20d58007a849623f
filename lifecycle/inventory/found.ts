import { dnsComment, foreignOwner, namesOf, type LifecycleRecord, type Owner, recordFrom } from "../../contract";

/** Whose previews are looked at, and how they are named. */
export interface Site {
  readonly owner: Omit<Owner, "pullRequest">;
  readonly prefix: string;
  readonly domain: string;
}

/** What exists, as listed by the backend, the cluster and the DNS provider. */
export interface Lists {
  /** Names of stacks. */
  readonly stacks: readonly string[];
  /** All namespaces. */
  readonly namespaces: readonly ListedNamespace[];
  /** DNS records whose comment is that of a preview, of any owner. */
  readonly records: readonly ListedRecord[];
}

export interface ListedNamespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601 */
  readonly created: string;
  /** Whether it is being deleted. */
  readonly terminating: boolean;
}

export interface ListedRecord {
  readonly name: string;
  readonly comment: string;
  /** What the comment says. */
  readonly owner: { readonly pullRequest: number };
}

/** Everything that belongs to one pull request, and what was recorded about it. */
export interface Found {
  readonly pullRequest: number;
  /** The namespace that it has, or would have. */
  readonly name: string;
  readonly hasStack: boolean;
  readonly namespace?: Pick<ListedNamespace, "created" | "terminating"> & { readonly record: LifecycleRecord };
  /** Names of DNS records. */
  readonly records: readonly string[];
  /** NetworkPolicies and quota that it lacks; undefined if not checked. */
  readonly missing?: readonly string[];
  /** Why the namespace of that name belongs to another owner. */
  readonly foreign?: string;
}

/** Groups what exists by pull request. Leaves out what belongs to other owners under other names. */
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

/** The pull request in a namespace's name; undefined if it isn't a name of this site's previews. */
function numberOf(namespace: string, site: Site): number | undefined {
  const number = numberIn(namespace, /(?:^|-)pr-([1-9]\d{0,8})$/);
  return number !== undefined && nameOf(number, site) === namespace ? number : undefined;
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
