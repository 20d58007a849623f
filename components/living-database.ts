import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import { generationAnnotation, parseImage, parseQuantity } from "../contract";

type Args = k8s.apps.v1.StatefulSetArgs;

/** The fields of a preview's live StatefulSet that decide whether an update keeps its data. */
export interface LivingDatabase {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly serviceName?: string;
    readonly selector?: object;
    readonly podManagementPolicy?: string;
    readonly revisionHistoryLimit?: number;
    readonly volumeClaimTemplates?: readonly ClaimTemplate[];
    readonly template?: {
      readonly spec?: {
        readonly securityContext?: { readonly runAsUser?: number };
        readonly containers?: readonly {
          readonly image?: string;
          readonly env?: readonly { readonly name: string; readonly value?: string }[];
        }[];
      };
    };
  };
}

interface ClaimTemplate {
  readonly metadata?: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly accessModes?: readonly string[];
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
}

/** A changed field of the StatefulSet. */
export interface Difference {
  /** `spec.serviceName`, or the setting that the field comes from. */
  readonly what: string;
  readonly deployed: string;
  readonly wanted: string;
}

/**
 * The changes that make Pulumi replace a live StatefulSet and so lose its data: these fields can't be changed in place
 * (forceNewProperties in pulumi-kubernetes). Values that only the engine knows are skipped.
 */
export function replacingChanges(living: LivingDatabase, wanted: Args): Difference[] {
  const [before, after] = [fieldsOf(living), fieldsOf(wanted as unknown as LivingDatabase)];
  return Object.keys(before).flatMap((what) => {
    const [deployed, now] = [before[what], after[what]];
    const isSame = isDeepStrictEqual(sized(deployed), sized(now));
    return isSame || pulumi.Output.isInstance(now) ? [] : [{ what, deployed: shown(deployed), wanted: shown(now) }];
  });
}

/**
 * The in-place changes after which Postgres may be unable to open its data: another user; another repository, major version or
 * variant of the image (https://hub.docker.com/_/postgres: `16.4-bookworm`); or a reference that shows neither version nor
 * variant. Values that only the engine knows are skipped.
 */
export function riskyChanges(living: LivingDatabase, wanted: Args): Difference[] {
  const [before, after] = [podOf(living), podOf(wanted as unknown as LivingDatabase)];
  const isKnown = ({ image, uid }: typeof after) => ![image, uid].some((value) => pulumi.Output.isInstance(value));
  if (!isKnown(after)) {
    return [];
  }
  return [
    ...(canOpenDataOf(after.image, before.image)
      ? []
      : [{ what: "database.image", deployed: before.image, wanted: after.image }]),
    ...(before.uid === after.uid
      ? []
      : [{ what: "database.uid", deployed: shown(before.uid), wanted: shown(after.uid) }]),
  ];
}

/**
 * Other names of the database and its user: Postgres takes them only for an empty volume (https://hub.docker.com/_/postgres),
 * and the product would look for what isn't there. Values that only the engine knows are skipped.
 */
export function renamings(living: LivingDatabase, wanted: Args): Difference[] {
  return Object.entries({ "database.name": "POSTGRES_DB", "database.user": "POSTGRES_USER" }).flatMap(
    ([what, variable]) => {
      const [deployed, now] = [living, wanted as unknown as LivingDatabase].map(
        ({ spec }) => spec.template?.spec?.containers?.[0]?.env?.find(({ name }) => name === variable)?.value,
      );
      const isKnown = typeof deployed === "string" && typeof now === "string";
      return isKnown && deployed !== now ? [{ what, deployed, wanted: now }] : [];
    },
  );
}

/** The image and the user that open the data. */
export function podOf({ spec }: LivingDatabase): { readonly image: string; readonly uid: number | undefined } {
  const pod = spec.template?.spec;
  return { image: pod?.containers?.[0]?.image ?? "", uid: pod?.securityContext?.runAsUser };
}

/** Whether Postgres of one image can certainly open data written by Postgres of another. */
export function canOpenDataOf(image: string, before: string): boolean {
  const [own, former] = [parseImage(image), parseImage(before)];
  const [version, formerVersion] = [own, former].map((one) => /^(\d+)(?:\.\d+)*(-.*)?$/.exec(one?.tag ?? ""));
  return (
    image === before ||
    (version != null &&
      formerVersion != null &&
      own?.repository === former?.repository &&
      version[1] === formerVersion[1] &&
      version[2] === formerVersion[2])
  );
}

/** The fields by the setting to change, otherwise by their path, with Kubernetes's defaults filled in. */
function fieldsOf({ metadata, spec }: LivingDatabase): Record<string, unknown> {
  const [claim, ...others] = spec.volumeClaimTemplates ?? [];
  return {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
    "spec.serviceName": spec.serviceName ?? "",
    "spec.selector": spec.selector,
    "spec.podManagementPolicy": spec.podManagementPolicy ?? "OrderedReady",
    "spec.revisionHistoryLimit": spec.revisionHistoryLimit ?? 10,
    "database.storage": claim?.spec?.resources?.requests?.storage,
    "database.storageClass": claim?.spec?.storageClassName ?? "",
    "spec.volumeClaimTemplates.0": {
      name: claim?.metadata?.name,
      annotations: withoutGeneration(claim?.metadata?.annotations ?? {}),
      accessModes: claim?.spec?.accessModes,
    },
    "spec.volumeClaimTemplates": others.length + 1,
  };
}

function withoutGeneration(annotations: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => name !== generationAnnotation));
}

/** `1Gi` and `1024Mi` are the same volume. */
const sized = (value: unknown) => (typeof value === "string" ? (parseQuantity(value) ?? value) : value);
const shown = (value: unknown) =>
  typeof value === "string" && value !== "" ? value : (JSON.stringify(value) ?? "none");
