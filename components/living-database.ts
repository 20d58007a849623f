import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import { generationAnnotation, parseImage, parseQuantity } from "../contract";

type Args = k8s.apps.v1.StatefulSetArgs;

/** A preview's StatefulSet as the cluster has it, as far as that decides whether an update keeps its data. */
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
        readonly containers?: readonly { readonly image?: string }[];
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

/** Something by which a StatefulSet is another one, with another volume. */
export interface Difference {
  /** `spec.serviceName`, or the setting where it is one. */
  readonly what: string;
  readonly deployed: string;
  readonly wanted: string;
}

/**
 * What Pulumi would replace a living StatefulSet for, and lose its data: these fields can't be changed in place
 * (pulumi-kubernetes' forceNewProperties). A value that only the engine will know is left to it.
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
 * What would be changed in place and may leave a Postgres that can't open its data: another repository, another major version
 * or another variant of the image (https://hub.docker.com/_/postgres: `16.4-bookworm`), a reference that tells neither, another
 * user. A value that only the engine will know is left to it.
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

/** What opens the data, and as whom. */
export function podOf({ spec }: LivingDatabase): { readonly image: string; readonly uid: number | undefined } {
  const pod = spec.template?.spec;
  return { image: pod?.containers?.[0]?.image ?? "", uid: pod?.securityContext?.runAsUser };
}

/** Whether a Postgres of one image opens what one of another has written, for sure. */
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

/** By what a person would change. What isn't said is what Kubernetes takes for it. */
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
