import {
  type Dependency,
  isSameRepository,
  type Leaves,
  noSource,
  type Pair,
  type Source,
  sourceOf,
  UserError,
} from "../../contract";
import { type CodeHost, type PullRequest, tokenVariables } from "../../clients/code-host";
import { MovedOn, platformSources, resolvePair, waitForPair, type WaitOptions } from "../pairs";
import type { Workspace } from "../workspace";
import { lookAtPullRequest } from "./step-aside";

export interface PairOfUp extends Pick<WaitOptions, "everySeconds"> {
  /** Settings that the command sets. */
  readonly settings: Leaves;
  /** Names of the images that the command sets: their parts need no source. */
  readonly images: readonly string[];
  readonly sha?: string;
  /** What `--with` says. @default nothing */
  readonly with?: readonly Dependency[];
  /** Whether to wait for images that aren't built yet. @default true */
  readonly waits?: boolean;
}

/** What a pull request is to run of other repositories. */
export interface PairForUp {
  /** Empty if there is nothing. */
  readonly pair: Pair;
  /** The description that was read for it; undefined if it doesn't count. */
  readonly description?: string;
}

/**
 * Resolves the parts that other repositories build.
 *
 * @param found the pull request as the code host has it; undefined if there is no code host
 * @throws MovedOn if the pull request, or one that it was pinned to, has moved on meanwhile
 */
export async function pairForUp(
  workspace: Workspace,
  host: CodeHost | undefined,
  found: PullRequest | undefined,
  { settings, images, sha, with: commandLine = [], waits = true, everySeconds }: PairOfUp,
): Promise<PairForUp> {
  const sources = platformSources(workspace, settings);
  refuseIdle(commandLine, sources, images);
  const parts = sources.flatMap((source) => Object.keys(source.images)).filter((part) => !images.includes(part));
  if (parts.length === 0) {
    return { pair: {} };
  }
  if (host === undefined || found === undefined) {
    throw new UserError(
      `other repositories build ${parts.join(", ")}, and no code host is configured to ask about them: set the setting repository and ` +
        `the variable ${tokenVariables}, or give these images on the command line`,
    );
  }
  const needed = sources.filter((source) => Object.keys(source.images).some((part) => parts.includes(part)));
  refuseUnpinned(workspace, found, needed, commandLine);
  const { report, interruption: signal } = workspace;
  let looked: PullRequest | undefined;
  const resolve = async () => {
    // Asked for again each time but the first: its description may have been edited meanwhile.
    const pullRequest = looked === undefined ? found : await stillOpen(host, found.number, sha);
    looked = pullRequest;
    return resolvePair({
      codeHost: host,
      pullRequest,
      commit: sha ?? pullRequest.headSha,
      sources,
      given: images,
      commandLine,
      registry: workspace.registry(),
      otherCodeHost: workspace.otherCodeHost,
      report,
    });
  };
  const pair = await waitForPair(resolve, { waits, report, signal, everySeconds });
  return { pair, ...(!found.fork && { description: (looked ?? found).body }) };
}

async function stillOpen(codeHost: CodeHost, pullRequest: number, sha?: string): Promise<PullRequest> {
  const { reason, found } = await lookAtPullRequest({ codeHost, pullRequest, sha });
  if (found === undefined || reason !== undefined) {
    throw new MovedOn(reason ?? `pull request ${pullRequest} is gone`);
  }
  return found;
}

/** A `--with` that changes nothing is a mistake. */
function refuseIdle(commandLine: readonly Dependency[], sources: readonly Source[], images: readonly string[]): void {
  for (const { repository, where } of commandLine) {
    const source = sourceOf(sources, repository);
    if (source === undefined) {
      throw new UserError(`${where}: ${noSource(sources, repository)}`);
    }
    if (Object.keys(source.images).every((part) => images.includes(part))) {
      throw new UserError(
        `${where}: nothing is left to take from ${repository}, since the command line gives all its images; leave out the one or ` +
          "the other",
      );
    }
  }
}

/** An approval of a fork's commit is one for what it is paired with, too: the workflow pins both. */
function refuseUnpinned(
  { run }: Workspace,
  { fork, number }: PullRequest,
  sources: readonly Source[],
  commandLine: readonly Dependency[],
): void {
  const isPinned = ({ repository }: Source) =>
    commandLine.some(
      (one) =>
        isSameRepository(one.repository, repository) &&
        ("commit" in one.ref || ("pull" in one.ref && one.ref.sha !== undefined)),
    );
  const open = sources.find((source) => !isPinned(source));
  if (fork && run.isWorkflow && open !== undefined) {
    throw new UserError(
      `pull request ${number} comes from a fork, so its approval must cover what it is paired with: run preview resolve ${number} ` +
        `before, and pass on the --with that it prints; that of ${open.repository} is missing`,
    );
  }
}
