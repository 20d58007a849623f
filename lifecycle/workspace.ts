import { type CodeHost, tokenVariables } from "../clients/code-host";
import type { Zone } from "../clients/dns";
import type { PulumiContext } from "../clients/pulumi/pulumi";
import type { Registry } from "../clients/registry";

/** The workflow run that a command is part of. */
export interface Run {
  /** Whether it is a workflow's, whose output others can read. */
  readonly isWorkflow: boolean;
  /** `<id>/<attempt>`; undefined if a person runs the command. */
  readonly reference?: string;
  /** The repository that the workflow runs in, `owner/name`. */
  readonly repository?: string;
}

/** The Pulumi project, and the run that works on it. */
export interface ProjectRun extends PulumiContext {
  readonly run: Run;
}

/** What a verb works on, and the clients it uses. The command creates it and passes it down. */
export interface Workspace extends ProjectRun {
  /** Aborted by Ctrl-C. */
  readonly interruption: AbortSignal;
  /**
   * The code host of the previews' repository, `owner/name`; undefined if none is configured.
   *
   * @throws UserError if the configuration is wrong, or incomplete in a workflow
   */
  readonly codeHost: (repository: string) => CodeHost | undefined;
  /**
   * The code host of another repository, `owner/name`, that a pair is made with; `codeHost` if it turns out to be the previews' own.
   *
   * @throws UserError if the configuration is wrong or incomplete, or the name can't be a repository's
   */
  readonly otherCodeHost: (repository: string) => CodeHost;
  /** Which images registries have; one for the whole run. */
  readonly registry: () => Registry;
  /** @throws UserError if there is no token for the zone */
  readonly zone: (zoneId: string) => Zone;
}

/** The zone of a preview's DNS records; undefined if it has none of its own. */
export const zoneOf = (
  { zone }: Pick<Workspace, "zone">,
  { zoneId }: { readonly zoneId?: string },
): Zone | undefined => (zoneId === undefined ? undefined : zone(zoneId));

/** The code host of the repository in the settings, or else of the one that the workflow runs in. */
export const codeHostFor = ({ codeHost, run }: Pick<Workspace, "codeHost" | "run">, repository: string) =>
  codeHost(repository || (run.repository ?? ""));

/** The message if there is no code host to ask about a pull request. */
export const noCodeHost = `pull request not checked: no code host is configured (setting repository, variable ${tokenVariables})`;
