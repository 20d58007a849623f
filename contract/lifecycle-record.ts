import type { Images } from "./image-reference";
import { limits } from "./limits";
import { perImage, productImages } from "./parts";

/**
 * What the lifecycle records about a preview, as annotations of its namespace: the program knows nothing of them, so
 * an update neither changes nor removes them, and one request shows those of all previews. The images are those that were
 * deployed last.
 */
export interface LifecycleRecord extends Partial<Images> {
  /** The commit that was deployed last, where it was named. */
  readonly sha?: string;
  /** When it may be closed, ISO 8601 in UTC. */
  readonly expires?: string;
  /** Scaled to nothing until `preview wake`. */
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

/** The images that are recorded; undefined where one of them isn't. */
export const recordedImages = (record: LifecycleRecord): Images | undefined =>
  productImages.every((image) => record[image] !== undefined) ? perImage((image) => record[image]!) : undefined;

/** As `kubectl annotate` takes them; what is undefined or false is removed. */
export function annotationArguments(record: Partial<LifecycleRecord>): string[] {
  return Object.entries(record).map(([name, value]) =>
    value === undefined || value === false
      ? `${key(name as keyof LifecycleRecord)}-`
      : `${key(name as keyof LifecycleRecord)}=${value}`,
  );
}

/**
 * When a preview that is updated now expires.
 *
 * @param now by the latest of the clocks that can be asked (lifecycle/clocks.ts)
 */
export function expiryFrom(now: Date, ttlDays: number): string {
  return new Date(now.getTime() + ttlDays * 24 * 3600_000).toISOString();
}

/**
 * False also where there is no readable expiry: what can't be told isn't closed. Clocks differ and are set: nothing is closed
 * within {@link limits.expiryGraceSeconds} after its expiry.
 */
export function hasExpired({ expires }: Pick<LifecycleRecord, "expires">, now: Date): boolean {
  const at = Date.parse(expires ?? "");
  return now.getTime() > at + limits.expiryGraceSeconds * 1000;
}
