import {
  choose,
  type Choice,
  type Dependency,
  dependsOn,
  hasDependsOn,
  isSameRepository,
  manifestFile,
  manifestLimit,
  parseManifest,
  type Source,
  UserError,
} from "../../contract";
import type { CodeHost, FileContent, PullRequest } from "../../clients/code-host";

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
  const choices = choose(sources, { commandLine, manifest, line: lineOf(pullRequest, sources, report) });
  if (pullRequest.fork) {
    choices.forEach(refuseOtherBranch);
  }
  return choices;
}

/** A fork's is not even read for mistakes. */
function lineOf({ body, fork, url }: PullRequest, sources: readonly Source[], report: Asked["report"]): Dependency[] {
  if (!fork) {
    return dependsOn(body, { origin: new URL(url).origin }, sources);
  }
  if (hasDependsOn(body)) {
    report(
      `the description: Depends-On is ignored in a pull request from a fork, since a description can change after an approval; ` +
        `${manifestFile} counts`,
    );
  }
  return [];
}

/** Only commits can be pinned for an approval, and one of another branch couldn't be told from any other commit. */
function refuseOtherBranch({ source, dependency }: Choice): void {
  if (dependency !== undefined && "branch" in dependency.ref && dependency.ref.branch !== source.branch) {
    throw new UserError(
      `${dependency.where}: a pull request from a fork can't name the branch ${dependency.ref.branch} of ${source.repository}: ` +
        `name a pull request, or a commit or a tag on ${source.branch}`,
    );
  }
}

async function manifestOf(codeHost: CodeHost, commit: string, sources: readonly Source[]): Promise<Dependency[]> {
  const file = await codeHost.file(manifestFile, commit, manifestLimit);
  if (file === undefined) {
    return [];
  }
  if ("problem" in file) {
    throw new UserError(`${manifestFile} at ${commit}: ${problems[file.problem]}`);
  }
  return parseManifest(file.text, sources);
}

const problems: Readonly<Record<Extract<FileContent, { readonly problem: string }>["problem"], string>> = {
  "too large": `must have at most ${manifestLimit} bytes`,
  "not a file": "must be a file, not a folder, a submodule or a link to one",
  "not text": "must be text in UTF-8",
};
