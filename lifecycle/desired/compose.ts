import {
  deployedSettings,
  type DeploymentRecord,
  isEncrypted,
  keptPaths,
  type Leaves,
  UserError,
  withoutPaths,
} from "../../contract";
import type { Composition } from "../../clients/pulumi/configuration/write-composition";
import { merge } from "./merge";
import type { OwnFile } from "../../clients/pulumi/configuration/stack-file";

/** Everything that determines a preview's configuration. */
export interface Sources {
  readonly stack: string;
  /** What all previews share; undefined if there is no stack `preview`. */
  readonly shared?: Leaves;
  /** What was deployed last; undefined if nothing was. */
  readonly deployed?: DeploymentRecord;
  /** The generation of the existing database. */
  readonly generation?: number;
  /**
   * This checkout's file; undefined if it has none or isn't to be read. For a preview that was deployed before there were
   * records, what is known of it.
   */
  readonly file?: OwnFile;
  /** What the command sets. It overrides the rest. */
  readonly given: Leaves;
}

/**
 * Composes a preview's configuration. It says whether the preview sleeps and which database it has only if the file or the
 * command does: otherwise the program keeps what is deployed.
 *
 * @throws UserError if the file and the deployment have changed a setting to different values
 */
export function compose({ stack, shared, deployed, generation, file, given }: Sources): Composition {
  const before: Leaves | undefined = deployed && {
    ...deployedSettings(deployed, shared),
    [keptPaths.asleep]: String(deployed.asleep),
    ...(generation !== undefined && { [keptPaths.generation]: generation }),
  };
  const own = file === undefined || before === undefined ? undefined : merge(said(file, before), file.copy, before);
  const conflicts = (own?.conflicts ?? []).filter(({ path }) => !(path in given));
  const secret = [...(deployed?.secrets ?? []), ...(file?.secrets ?? [])];
  if (conflicts.length > 0) {
    throw new UserError(
      [
        `Pulumi.${stack}.yaml conflicts with what is deployed, and nothing was changed:`,
        ...conflicts.map(
          (one) =>
            `  ${one.path}: ${shown(one.file, secret.includes(one.path))} in the file, ` +
            `${shown(one.deployed, secret.includes(one.path))} deployed`,
        ),
        `To keep what is deployed, delete the file; to deploy what the file says, run pulumi up --stack ${stack}`,
      ].join("\n"),
    );
  }
  const base = own?.leaves ?? before ?? file?.settings ?? shared ?? {};
  const isSaid = keptPaths.generation in (file?.settings ?? {});
  const leaves = { ...(isSaid ? base : withoutPaths(base, [keptPaths.generation])), ...given };
  return {
    leaves,
    secrets: Object.keys(leaves).filter((path) => secret.includes(path) && !isEncrypted(leaves[path])),
  };
}

/** A file that doesn't mention a kept setting doesn't remove it. */
function said({ settings, copy = {} }: OwnFile, before: Leaves): Leaves {
  const unsaid = Object.values(keptPaths).filter((path) => !(path in settings) && !(path in copy) && path in before);
  return { ...settings, ...Object.fromEntries(unsaid.map((path) => [path, before[path]])) };
}

function shown(value: unknown, isSecret: boolean): string {
  return value === undefined ? "nothing" : isSecret || isEncrypted(value) ? "a secret" : JSON.stringify(value);
}
