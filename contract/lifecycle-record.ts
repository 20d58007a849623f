import type { Images } from "./image-reference";
import { limits } from "./limits";
import { perImage, productImages } from "./parts";

/**
 * What the lifecycle records about a preview, as annotations of its namespace. The program doesn't manage them, so an update
 * leaves them alone, and one request returns those of all previews. The images are those last deployed.
 */
export interface LifecycleRecord extends Partial<Images> {
  /** The commit last deployed, if one was given. */
  readonly sha?: string;
  /** When it expires, ISO 8601 in UTC. */
  readonly expires?: string;
  /** Scaled to zero until `preview wake`. */
  readonly asleep: boolean;
}

const key = (name: keyof LifecycleRecord) => `preview-stack/${name}`;

export function recordFrom(annotations: Readonly<Record<string, string>>): LifecycleRecord {
  return {
    sha: annotations[key("sha")],
    ...perImage((image) => annotations[key(image)]),
    expires: annotations[key("expires")],
    asleep: annotations[key("asleep")] === "true",
  };
}

/** The recorded images; undefined unless all of them are recorded. */
export const recordedImages = (record: LifecycleRecord): Images | undefined =>
  productImages.every((image) => record[image] !== undefined) ? perImage((image) => record[image]!) : undefined;

/** Arguments for `kubectl annotate`. What is undefined or false is removed. */
export function annotationArguments(record: Partial<LifecycleRecord>): string[] {
  return Object.entries(record).map(([name, value]) =>
    value === undefined || value === false
      ? `${key(name as keyof LifecycleRecord)}-`
      : `${key(name as keyof LifecycleRecord)}=${value}`,
  );
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
