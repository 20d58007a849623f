import {
  deployedSettings,
  type DeploymentRecord,
  isEncrypted,
  keptPaths,
  type Leaves,
  UserError,
  withoutPaths,
} from "../../contract";
import type { Composition } from "../../clients/pulumi/configuration/hand-over";
import { merge } from "./merge";
import type { OwnFile } from "../../clients/pulumi/configuration/stack-file";

/** Everything that says what a preview is to be. */
export interface Sources {
  readonly stack: string;
  /** What all previews share; undefined where there is no stack `preview`. */
  readonly shared?: Leaves;
  /** What was deployed last; undefined where nothing was. */
  readonly deployed?: DeploymentRecord;
  /** The generation of the database that is there. */
  readonly generation?: number;
  /**
   * This checkout's file; undefined where it has none, or isn't to be read. Of a preview that was deployed before there was a
   * record, what is known of it.
   */
  readonly file?: OwnFile;
  /** What the command sets: no conflict. */
  readonly given: Leaves;
}

/**
 * Composes what a preview is to be. Whether it sleeps and which database it has is only in it where file or command say
 * so: the program keeps what is deployed.
 *
 * @throws UserError where file and deployment have changed a setting to different values
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
        `Pulumi.${stack}.yaml and what is deployed differ, and nothing was changed:`,
        ...conflicts.map(
          (one) =>
            `  ${one.path}: ${shown(one.file, secret.includes(one.path))} in the file, ` +
            `${shown(one.deployed, secret.includes(one.path))} deployed`,
        ),
        `To keep what is deployed, delete the file; to have what the file says: pulumi up --stack ${stack}`,
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

/** What the file leaves unsaid of what is kept isn't taken for a removal. */
function said({ settings, copy = {} }: OwnFile, before: Leaves): Leaves {
  const unsaid = Object.values(keptPaths).filter((path) => !(path in settings) && !(path in copy) && path in before);
  return { ...settings, ...Object.fromEntries(unsaid.map((path) => [path, before[path]])) };
}

function shown(value: unknown, isSecret: boolean): string {
  return value === undefined ? "nothing" : isSecret || isEncrypted(value) ? "a secret" : JSON.stringify(value);
}
