import type { Guarded } from "./guards";
import type { Images } from "./image-reference";
import { limits } from "./limits";
import type { Pair, Resolved } from "./pairs";
import { runningNames, standardPartList } from "./parts";

/**
 * What the lifecycle records about a preview, as annotations of its namespace. The program doesn't manage them, so an update
 * leaves them alone, and one request returns those of all previews. The images are those last deployed.
 */
export interface LifecycleRecord {
  /** The commit last deployed, if one was given. */
  readonly sha?: string;
  readonly images: Images;
  /** What the parts from other repositories were resolved to. */
  readonly pair?: Pair;
  /** The names of its parts whose pods keep running. Older versions didn't record them. */
  readonly parts?: readonly string[];
  /** The names of its NetworkPolicies. Older versions didn't record them. */
  readonly policies?: readonly string[];
  /** When it expires, ISO 8601 in UTC. */
  readonly expires?: string;
  /** Scaled to zero until `preview wake`. */
  readonly asleep: boolean;
}

const prefix = "preview-stack/";

/** Those of the API and the web have names of their own, as versions before had no others. */
const imageKeys = /^preview-stack\/(?:(api|web)|image\.(.+))$/;
const imageKey = (name: string) => (name === "api" || name === "web" ? prefix + name : `${prefix}image.${name}`);

export function recordFrom(annotations: Readonly<Record<string, string>>): LifecycleRecord {
  const images = Object.entries(annotations).flatMap(([key, image]) => {
    const [, server, service] = imageKeys.exec(key) ?? [];
    const name = server ?? service;
    return name === undefined ? [] : [[name, image]];
  });
  const parts = annotations[`${prefix}parts`];
  const policies = annotations[`${prefix}policies`];
  const pair = pairFrom(annotations[`${prefix}pair`]);
  return {
    sha: annotations[`${prefix}sha`],
    images: Object.fromEntries(images) as Images,
    ...(pair !== undefined && { pair }),
    ...(parts !== undefined && { parts: parts.split(",") }),
    ...(policies && { policies: policies.split(",") }),
    expires: annotations[`${prefix}expires`],
    asleep: annotations[`${prefix}asleep`] === "true",
  };
}

/** Undefined too if somebody has edited it to something else. */
function pairFrom(text = ""): Pair | undefined {
  try {
    const pair = JSON.parse(text) as Pair;
    return typeof pair === "object" && Object.values(pair).every(isResolved) ? pair : undefined;
  } catch {
    return undefined;
  }
}

const isResolved = ({ repository, ref, commit, image }: Partial<Resolved>) =>
  [repository, commit, image].every((text) => typeof text === "string") && isRef(ref);

/** A number is part of a request's path. */
const isRef = (ref: unknown): boolean =>
  typeof ref === "object" &&
  ref !== null &&
  ("pull" in ref
    ? Number.isInteger(ref.pull)
    : Object.values(ref).length === 1 && Object.values(ref).every((name) => typeof name === "string"));

/** The names of a preview's parts by its record. @default those of the standard parts */
export const recordedParts = (record?: Pick<LifecycleRecord, "parts">): readonly string[] =>
  record?.parts ?? runningNames(standardPartList);

/** What a preview consists of by its record. */
export const recordedAsGuarded = (record?: Pick<LifecycleRecord, "parts" | "policies">): Guarded => ({
  parts: recordedParts(record),
  policies: record?.policies,
});

/** The recorded images; undefined unless the API's is among them. */
export const recordedImages = ({ images }: LifecycleRecord): Images | undefined =>
  images.api === undefined ? undefined : images;

/**
 * Arguments for `kubectl annotate`. What is undefined or false is removed.
 *
 * @param former what the namespace has: its images that `record.images` no longer has are removed
 */
export function annotationArguments(
  record: Partial<LifecycleRecord>,
  former?: Pick<LifecycleRecord, "images">,
): string[] {
  const { images, pair, ...others } = record;
  const isPaired = Object.keys(pair ?? {}).length > 0;
  const gone = images === undefined ? [] : Object.keys(former?.images ?? {}).filter((name) => !(name in images));
  return [
    ...Object.entries(others).map(([name, value]) =>
      value === undefined || value === false ? `${prefix}${name}-` : `${prefix}${name}=${String(value)}`,
    ),
    ...("pair" in record ? [isPaired ? `${prefix}pair=${JSON.stringify(pair)}` : `${prefix}pair-`] : []),
    ...Object.entries(images ?? {}).map(([name, image]) => `${imageKey(name)}=${image}`),
    ...gone.map((name) => `${imageKey(name)}-`),
  ];
}

/**
 * The expiry of a preview that is updated now.
 *
 * @param now the time by the latest of the available clocks (lifecycle/clocks.ts)
 */
export function expiryFrom(now: Date, ttlDays: number): string {
  return new Date(now.getTime() + ttlDays * 24 * 3600_000).toISOString();
}

/**
 * Whether a preview expired more than {@link limits.expiryGraceSeconds} ago, a margin for clocks that differ or are adjusted.
 * False if the expiry is missing or unreadable.
 */
export function hasExpired({ expires }: Pick<LifecycleRecord, "expires">, now: Date): boolean {
  const at = Date.parse(expires ?? "");
  return now.getTime() > at + limits.expiryGraceSeconds * 1000;
}
