import {
  choose,
  type Choice,
  type Dependency,
  dependsOn,
  isSameRepository,
  manifestFile,
  manifestLimit,
  parseManifest,
  type Source,
  UserError,
} from "../../contract";
import type { CodeHost, PullRequest } from "../../clients/code-host";

export interface Asked {
  /** The code host of the pull request that is previewed. */
  readonly codeHost: CodeHost;
  readonly pullRequest: PullRequest;
  /** The commit whose manifest counts. */
  readonly commit: string;
  readonly sources: readonly Source[];
  /** What the command line says. */
  readonly commandLine: readonly Dependency[];
  readonly report: (message: string) => void;
}

/**
 * What a pull request depends on, of each source: what the command line says, or else its manifest, or else a line in its
 * description. Only its own manifest is read, never that of what it depends on, so there is no longer cycle.
 *
 * @throws UserError for a manifest or a line that can't be followed, with its line
 */
export async function dependenciesOf(asked: Asked): Promise<Choice[]> {
  const { codeHost, pullRequest, commit, sources, commandLine, report } = asked;
  const isDecided = ({ repository }: Source) => commandLine.some((one) => isSameRepository(one.repository, repository));
  if (sources.every(isDecided)) {
    return choose(sources, { commandLine, manifest: [], line: [] });
  }
  const manifest = await manifestOf(codeHost, commit, sources);
  const line = pullRequest.fork
    ? []
    : dependsOn(pullRequest.body, { origin: new URL(pullRequest.url).origin }, sources);
  const choices = choose(sources, { commandLine, manifest, line });
  if (pullRequest.fork) {
    if (/depends-on:/i.test(pullRequest.body)) {
      report("Depends-On in the description is ignored: that of a fork's pull request can change after an approval");
    }
    choices.forEach(refuseOtherBranch);
  }
  return choices;
}

/** Only commits can be pinned for an approval, and one of another branch couldn't be told from any other commit. */
function refuseOtherBranch({ source, dependency }: Choice): void {
  if (dependency !== undefined && "branch" in dependency.ref && dependency.ref.branch !== source.branch) {
    throw new UserError(
      `${dependency.where}: a pull request from a fork can't name the branch ${dependency.ref.branch}, only pull requests, and ` +
        `commits and tags on ${source.branch}`,
    );
  }
}

async function manifestOf(codeHost: CodeHost, commit: string, sources: readonly Source[]): Promise<Dependency[]> {
  const file = await codeHost.file(manifestFile, commit, manifestLimit);
  if (file === undefined) {
    return [];
  }
  if ("problem" in file) {
    const rule = file.problem === "too large" ? `; it may have at most ${manifestLimit} bytes` : "";
    throw new UserError(`${manifestFile} at ${commit} is ${file.problem}${rule}`);
  }
  return parseManifest(file.text, sources);
}
