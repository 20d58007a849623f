import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import { generationAnnotation, parseQuantity } from "../contract";

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
export function whatReplaces(living: LivingDatabase, wanted: Args): Difference[] {
  const [before, after] = [fieldsOf(living), fieldsOf(wanted as unknown as LivingDatabase)];
  return Object.keys(before).flatMap((what) => {
    const [deployed, now] = [before[what], after[what]];
    const isSame = isDeepStrictEqual(sized(deployed), sized(now));
    return isSame || pulumi.Output.isInstance(now) ? [] : [{ what, deployed: shown(deployed), wanted: shown(now) }];
  });
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
