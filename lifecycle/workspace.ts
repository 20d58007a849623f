import { type CodeHost, tokenVariables } from "../clients/code-host";
import type { Zone } from "../clients/dns";
import type { PulumiContext } from "../clients/pulumi/pulumi";

/** The workflow's run that a command is part of. */
export interface Run {
  /** Whether it is a workflow's, whose output others read as well. */
  readonly isWorkflow: boolean;
  /** `<id>/<attempt>`; undefined where a person runs the command. */
  readonly reference?: string;
  /** The repository that the workflow runs in, `owner/name`. */
  readonly repository?: string;
}

/** The Pulumi project that is worked in, as part of a run. */
export interface ProjectRun extends PulumiContext {
  readonly run: Run;
}

/** What a verb works in, and whom it talks to. The command makes it and hands it down. */
export interface Workspace extends ProjectRun {
  /** Aborted by Ctrl-C. */
  readonly interruption: AbortSignal;
  /**
   * The code host of a repository, `owner/name`; undefined where none is configured.
   *
   * @throws UserError where the configuration is wrong, or incomplete in a workflow
   */
  readonly codeHost: (repository: string) => CodeHost | undefined;
  /** @throws UserError where nobody may ask about the zone */
  readonly zone: (zoneId: string) => Zone;
}

/** The zone that a preview's records are in; undefined where it has none of its own. */
export const zoneOf = (
  { zone }: Pick<Workspace, "zone">,
  { zoneId }: { readonly zoneId?: string },
): Zone | undefined => (zoneId === undefined ? undefined : zone(zoneId));

/** The code host of the settings' repository, or else of the one that a workflow runs in. */
export const codeHostFor = ({ codeHost, run }: Pick<Workspace, "codeHost" | "run">, repository: string) =>
  codeHost(repository || (run.repository ?? ""));

/** What is said where nobody can be asked about a pull request. */
export const noCodeHost = `pull request not checked: there is no code host to ask (setting repository, variable ${tokenVariables})`;
