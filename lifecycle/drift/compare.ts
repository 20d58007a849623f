import { type Images, isGroup, ofImage, type Part, productWorkloads, standardPartList } from "../../contract";
import type { Deployment, KubernetesObject, StatefulSet } from "../../clients/kubernetes/types";
import { isSecretMark, type KnownObject } from "../../clients/pulumi/state";

/** An object that isn't as the last update left it. */
export interface Drift {
  readonly kind: string;
  readonly name: string;
  readonly what: "missing" | "changed";
}

/**
 * Compares a state's objects with the cluster's. An object has changed if a field that the program sets isn't as the cluster had
 * it after the update; all other fields belong to controllers and people. Secrets are compared by name, since a new value gets a
 * new name.
 */
export function compare(known: readonly KnownObject[], live: readonly KubernetesObject[]): Drift[] {
  return known.flatMap(({ kind, name, inputs, outputs }): Drift[] => {
    const found = live.find((one) => one.kind === kind && one.metadata.name === name);
    if (found === undefined) {
      return [{ kind, name, what: "missing" }];
    }
    return kind !== "Secret" && differs(inputs, outputs, found) ? [{ kind, name, what: "changed" }] : [];
  });
}

/** Compares only the fields that were set, by the values that the cluster stored: it turns `1000m` into `1`. */
function differs(set: unknown, then: unknown, now: unknown): boolean {
  if (isSecretMark(set)) {
    return false;
  }
  return isGroup(set)
    ? Object.keys(set).some((key) => differs(set[key], at(then, key), at(now, key)))
    : !isSame(then, now);
}

function isSame(then: unknown, now: unknown): boolean {
  if (isSecretMark(then)) {
    return true;
  }
  if (Array.isArray(then) && Array.isArray(now)) {
    return then.length === now.length && then.every((one, index) => isSame(one, now[index]));
  }
  if (isGroup(then) && isGroup(now)) {
    return [...new Set([...Object.keys(then), ...Object.keys(now)])].every((key) => isSame(then[key], now[key]));
  }
  return then === now;
}

const at = (value: unknown, key: string) => (isGroup(value) ? value[key] : undefined);

/**
 * The images, by server, that the cluster has instead of the deployed ones.
 *
 * @param parts the preview's parts
 */
export function unexpectedImages(
  live: readonly KubernetesObject[],
  deployed: Images,
  parts: readonly Part[] = standardPartList,
): Readonly<Record<string, string>> {
  const imageOf = (part: Part) => {
    const found = live.find(({ kind, metadata }) => kind === part.kind && metadata.name === part.name);
    return (found as Deployment | StatefulSet | undefined)?.spec.template.spec.containers[0]?.image;
  };
  return Object.fromEntries(
    productWorkloads(parts).flatMap((part) => {
      const image = imageOf(part);
      return image === undefined || image === ofImage(deployed, part) ? [] : [[part.name, image]];
    }),
  );
}

export const describeDrift = ({ kind, name, what }: Drift): string =>
  what === "missing"
    ? `${kind} ${name} is missing: recreating it`
    : `${kind} ${name} has changed since the last update: setting it back`;
