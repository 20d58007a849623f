import * as pulumi from "@pulumi/pulumi";
import {
  changesByHand,
  type DeploymentRecord,
  type Difference,
  digestOf,
  imageSetting,
  keptPaths,
  type Leaves,
  type Outputs,
  pairOf,
  recordOf,
  type Settings,
  superseded,
  UserError,
  withoutPaths,
} from "../../contract";
import type { Configuration } from "./configuration";

/** The record in this stack's outputs; undefined if it was never updated, or only by older versions. */
export async function deployedRecord(): Promise<DeploymentRecord | undefined> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const read = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    readonly outputs?: { readonly record?: DeploymentRecord };
  };
  return read.outputs?.record;
}

/**
 * Refuses an update that would undo a concurrent one. Called under the stack's lock, so that nothing changes between this
 * check and the update.
 *
 * @throws UserError if the record has changed since the update was composed, or if the file is older than what is deployed
 */
export function refuseOutdated(
  { leaves, secrets, copy, handoff }: Configuration,
  deployed: DeploymentRecord | undefined,
): void {
  if (handoff !== undefined) {
    if (handoff.record !== digestOf(deployed)) {
      throw new UserError(superseded);
    }
    return;
  }
  if (deployed === undefined) {
    return;
  }
  const stack = pulumi.getStack();
  const asleep = keptPaths.asleep in leaves ? { [keptPaths.asleep]: String(deployed.asleep) } : {};
  const secret = [...secrets, ...deployed.secrets];
  const hidden = [...secret, keptPaths.generation];
  const { older, unsure } = changesByHand(
    withoutPaths(leaves, hidden),
    withoutPaths({ ...deployed.settings, ...asleep }, hidden),
    copy && withoutPaths(copy, hidden),
  );
  // The copy's secrets are encrypted, so that it can't be told which side changed one.
  const only = (all: Leaves) => withoutPaths(all, Object.keys(withoutPaths(all, secret)));
  const secretly = changesByHand(only(leaves), only(deployed.settings)).unsure.map(({ path }) => ({
    path,
    ordered: "another secret",
    deployed: "a secret",
  }));
  if (older.length > 0) {
    throw new UserError(
      `Pulumi.${stack}.yaml is older than what is deployed, and nothing was changed:\n${described(older)}\n` +
        `To keep what is deployed and apply only what changed in the file, run preview up ${stack.replace(/^pr-/, "")}. To go ` +
        "back to the file's values, set them with pulumi config set afterwards and run it again",
    );
  }
  if (unsure.length + secretly.length > 0) {
    void pulumi.log.warn(
      `this update changes what is deployed to what Pulumi.${stack}.yaml says:\n${described([...unsure, ...secretly])}`,
    );
  }
}

const described = (differences: readonly Difference[]) =>
  differences
    .map(({ path, ordered, deployed }) => `  ${path}: ${asText(ordered)} in the file, ${asText(deployed)} deployed`)
    .join("\n");

const asText = (value: unknown) => (value === undefined ? "nothing" : JSON.stringify(value));

export interface DeploymentRecordArgs {
  readonly configuration: Configuration;
  readonly settings: Settings;
  /** What was deployed before. */
  readonly deployed?: DeploymentRecord;
  /** The uid of the cluster's namespace kube-system. */
  readonly cluster: string;
}

/** The record that this update writes to the stack's outputs once it has succeeded. Secret settings stay secret there. */
export function deploymentRecord({ configuration, settings, deployed, cluster }: DeploymentRecordArgs): object {
  const { leaves, shared, secrets } = configuration;
  const commit = commitOf(configuration, Object.keys(settings.images), deployed);
  const update = configuration.handoff?.update;
  const pair = pairOf(configuration.handoff?.pair ?? deployed?.pair, settings.images);
  const record = recordOf({ update, commit, pair, asleep: settings.asleep, cluster, secrets }, leaves, shared);
  const marked = Object.entries(record.settings).map(([path, value]) => [
    path,
    secrets.includes(path) ? pulumi.secret(value) : value,
  ]);
  return { ...record, settings: Object.fromEntries(marked) as object };
}

/** The given commit, otherwise the deployed one if the images haven't changed. */
export function commitOf(
  { leaves, handoff }: Pick<Configuration, "leaves" | "handoff">,
  images: readonly string[],
  deployed?: Pick<DeploymentRecord, "commit" | "settings">,
): string | undefined {
  const isSame = images.map(imageSetting).every((path) => leaves[path] === deployed?.settings[path]);
  return handoff?.commit ?? (isSame ? deployed?.commit : undefined);
}

/** The stack's outputs, which resolve only once `ready` does. The record marks its secrets. */
export const onceReady = (
  ready: pulumi.Output<unknown>,
  outputs: Omit<Outputs, "record"> & { readonly record: object },
) =>
  Object.fromEntries(Object.entries<unknown>({ ...outputs }).map(([name, value]) => [name, ready.apply(() => value)]));
