import { type Dependency, type Resolved, type Source, sourceOf, UserError, withText } from "../../contract";
import { tokenVariables } from "../../clients/code-host";
import { sharedSettings } from "../../clients/pulumi/configuration/stack-file";
import { codeHostFor, type Workspace } from "../workspace";
import { platformSources } from "./platform-sources";
import { type Resolution, resolvePair } from "./resolve";

/** What a pull request would be previewed with now. */
export interface PairNow extends Resolution {
  readonly pullRequest: number;
  readonly sha: string;
  /** What `--with` takes to deploy exactly this. It takes no commit of another branch than the source's. */
  readonly with: readonly string[];
}

export interface PairNowOptions {
  /** The commit whose manifest counts, which must be the head. @default the head */
  readonly sha?: string;
  /** What `--with` says. */
  readonly commandLine: readonly Dependency[];
}

/**
 * Resolves a pull request's pair, and needs neither the backend nor the cluster for it.
 *
 * @throws UserError if there is no code host, or something can't be resolved
 */
export async function pairNow(
  workspace: Workspace,
  number: number,
  { sha, commandLine }: PairNowOptions,
): Promise<PairNow> {
  const sources = platformSources(workspace);
  const repository = sharedSettings(workspace)?.repository;
  const codeHost = codeHostFor(workspace, typeof repository === "string" ? repository : "");
  if (codeHost === undefined) {
    throw new UserError(
      `no code host is configured to ask about pull request ${number}: set the setting repository and the variable ${tokenVariables}`,
    );
  }
  const pullRequest = await codeHost.pullRequest(number);
  if (pullRequest === undefined) {
    throw codeHost.missing(`pull request ${number}`);
  }
  const commit = sha ?? pullRequest.headSha;
  if (commit !== pullRequest.headSha) {
    throw new UserError(`the head of pull request ${number} is now ${pullRequest.headSha}, not ${commit}`);
  }
  const { pair, missing } = await resolvePair({
    codeHost,
    pullRequest,
    commit,
    sources,
    given: [],
    commandLine,
    registry: workspace.registry(),
    otherCodeHost: workspace.otherCodeHost,
    report: workspace.report,
  });
  const pins = [...Object.values(pair), ...Object.values(missing)]
    .filter((one) => mayBePinned(one, sources))
    .map(withText);
  return { pullRequest: number, sha: commit, pair, missing, with: [...new Set(pins)] };
}

const mayBePinned = ({ repository, ref }: Resolved, sources: readonly Source[]) =>
  !("branch" in ref) || sourceOf(sources, repository)?.branch === ref.branch;
