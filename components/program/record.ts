import * as pulumi from "@pulumi/pulumi";
import {
  changesByHand,
  type DeploymentRecord,
  type Difference,
  digestOf,
  keptPaths,
  type Leaves,
  type Outputs,
  productImages,
  recordOf,
  type Settings,
  superseded,
  UserError,
  withoutPaths,
} from "../../contract";
import type { Configuration } from "./configuration";

/** What this stack's last update has written into its outputs; undefined where there was none, or only older ones. */
export async function deployedRecord(): Promise<DeploymentRecord | undefined> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const read = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    readonly outputs?: { readonly record?: DeploymentRecord };
  };
  return read.outputs?.record;
}

/**
 * Refuses an update that would undo what another one has done meanwhile. Called under the stack's lock, so that nothing comes
 * between this and the update.
 *
 * @throws UserError where the update was composed from another record, or the file is older than what is deployed
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
  // The copy has secrets encrypted, so that nobody knows who has changed one.
  const only = (all: Leaves) => withoutPaths(all, Object.keys(withoutPaths(all, secret)));
  const secretly = changesByHand(only(leaves), only(deployed.settings)).unsure.map(({ path }) => ({
    path,
    ordered: "another secret",
    deployed: "a secret",
  }));
  if (older.length > 0) {
    throw new UserError(
      `Pulumi.${stack}.yaml is older than what is deployed, and nothing was changed:\n${described(older)}\n` +
        `preview up ${stack.replace(/^pr-/, "")} keeps what is deployed and adds what the file has changed; to go back, set ` +
        "these with pulumi config set",
    );
  }
  if (unsure.length + secretly.length > 0) {
    void pulumi.log.warn(
      `this update changes what is deployed, as Pulumi.${stack}.yaml says:\n${described([...unsure, ...secretly])}`,
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

/** What this update writes into the stack's outputs once all of it has succeeded. Its secret settings are secrets there. */
export function deploymentRecord({ configuration, settings, deployed, cluster }: DeploymentRecordArgs): object {
  const { leaves, shared, secrets } = configuration;
  const commit = commitOf(configuration, deployed);
  const update = configuration.handoff?.update;
  const record = recordOf({ update, commit, asleep: settings.asleep, cluster, secrets }, leaves, shared);
  const marked = Object.entries(record.settings).map(([path, value]) => [
    path,
    secrets.includes(path) ? pulumi.secret(value) : value,
  ]);
  return { ...record, settings: Object.fromEntries(marked) as object };
}

/** The one that was named, or else the one of before where the images are still the same. */
export function commitOf(
  { leaves, handoff }: Pick<Configuration, "leaves" | "handoff">,
  deployed?: Pick<DeploymentRecord, "commit" | "settings">,
): string | undefined {
  const isSame = productImages.every((image) => leaves[`${image}.image`] === deployed?.settings[`${image}.image`]);
  return handoff?.commit ?? (isSame ? deployed?.commit : undefined);
}

/** The stack's outputs, which are known only once something is ready. In the record secrets are marked. */
export const onceReady = (
  ready: pulumi.Output<unknown>,
  outputs: Omit<Outputs, "record"> & { readonly record: object },
) =>
  Object.fromEntries(Object.entries<unknown>({ ...outputs }).map(([name, value]) => [name, ready.apply(() => value)]));
