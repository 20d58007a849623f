import * as pulumi from "@pulumi/pulumi";
import {
  changesByHand,
  type DeploymentRecord,
  type Difference,
  digestOf,
  keptPaths,
  superseded,
  UserError,
  withoutPaths,
} from "../contract";
import type { Configuration } from "./configuration";

/** What this stack's last update has written into its outputs; undefined where there was none, or only older ones. */
export async function deployedRecord(): Promise<DeploymentRecord | undefined> {
  const name = pulumi.getStack();
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
  { leaves, secrets, copy, handedOver }: Configuration,
  deployed: DeploymentRecord | undefined,
): void {
  if (handedOver !== undefined) {
    if (handedOver.record !== digestOf(deployed)) {
      throw new UserError(superseded);
    }
    return;
  }
  if (deployed === undefined) {
    return;
  }
  const stack = pulumi.getStack();
  const asleep = keptPaths.asleep in leaves ? { [keptPaths.asleep]: String(deployed.asleep) } : {};
  // The copy has secrets encrypted.
  const hidden = [...secrets, ...deployed.secrets, keptPaths.generation];
  const { older, unsure } = changesByHand(
    withoutPaths(leaves, hidden),
    withoutPaths({ ...deployed.settings, ...asleep }, hidden),
    copy && withoutPaths(copy, hidden),
  );
  if (older.length > 0) {
    throw new UserError(
      `Pulumi.${stack}.yaml is older than what is deployed, and nothing was changed:\n${described(older)}\n` +
        `preview up ${stack.replace(/^pr-/, "")} keeps what is deployed and adds what the file has changed; to go back, set ` +
        "these with pulumi config set",
    );
  }
  if (unsure.length > 0) {
    void pulumi.log.warn(`this update changes what is deployed, as Pulumi.${stack}.yaml says:\n${described(unsure)}`);
  }
}

const described = (differences: readonly Difference[]) =>
  differences
    .map(({ path, ordered, deployed }) => `  ${path}: ${asText(ordered)} in the file, ${asText(deployed)} deployed`)
    .join("\n");

const asText = (value: unknown) => (value === undefined ? "nothing" : JSON.stringify(value));
