import * as pulumi from "@pulumi/pulumi";
import { type DeploymentRecord, recordOf, type Settings } from "../contract";
import type { Configuration } from "./configuration";

export interface DeploymentRecordArgs {
  readonly configuration: Configuration;
  readonly settings: Settings;
  /** What was deployed before. */
  readonly deployed?: DeploymentRecord;
  /** The uid of the cluster's namespace kube-system. */
  readonly cluster: string;
}

/** What this update writes into the stack's outputs once all of it has succeeded. Its secret settings are secrets there. */
export function deploymentRecord({ configuration, settings, deployed, cluster }: DeploymentRecordArgs): object {
  const { leaves, shared, secrets } = configuration;
  const commit = commitOf(configuration, deployed);
  const record = recordOf({ commit, asleep: settings.asleep, cluster, secrets }, leaves, shared);
  const marked = Object.entries(record.settings).map(([path, value]) => [
    path,
    secrets.includes(path) ? pulumi.secret(value) : value,
  ]);
  return { ...record, settings: Object.fromEntries(marked) as object };
}

/** The one that was named, or else the one of before where the images are still the same. */
function commitOf({ leaves, handedOver }: Configuration, deployed?: DeploymentRecord): string | undefined {
  const isSame = ["api.image", "web.image"].every((path) => leaves[path] === deployed?.settings[path]);
  return handedOver?.commit ?? (isSame ? deployed?.commit : undefined);
}

/** Values of the stack's outputs that are known only once something is ready. */
export const onceReady = (ready: pulumi.Output<unknown>, values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, ready.apply(() => value)]));
