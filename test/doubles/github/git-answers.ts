import { type Answer, failure, paged, type Question } from "./answer";
import { compare, historyOf, type StandInCommit, type StandInFile } from "./history";
import { pullRequestBody } from "./pull-request-answers";
import type { StandInRepository } from "./repository";

/** A commit by its SHA, wherever in the fork network it was made, or by its branch or tag. */
function commitAt(repository: StandInRepository, ref: string): StandInCommit | undefined {
  const { branches, tags, commits } = repository;
  const [, kind, name = ref] = /^(?:refs\/)?(heads|tags)\/(.+)$/.exec(ref) ?? [];
  const sha =
    (kind === "tags" ? undefined : branches.get(name)) ?? (kind === "heads" ? undefined : tags.get(name)) ?? ref;
  return commits.get(sha);
}

const commitBody = ({ sha, parents }: StandInCommit) => ({
  sha,
  parents: parents.map((parent) => ({ sha: parent })),
  commit: { message: "`$(touch /tmp/owned)`" },
});

export function listCommits(repository: StandInRepository, { url }: Question): Answer {
  if (repository.commits.size === 0) {
    return failure(409, "Git Repository is empty.");
  }
  const found = commitAt(repository, url.searchParams.get("sha") ?? repository.defaultBranch);
  return found === undefined
    ? failure(404, "Not Found")
    : paged(historyOf(repository.commits, found.sha), url, commitBody);
}

export function getCommit(repository: StandInRepository, _question: Question, [ref = ""]: string[]): Answer {
  if (repository.commits.size === 0) {
    return failure(409, "Git Repository is empty.");
  }
  const found = commitAt(repository, ref);
  return found === undefined
    ? failure(422, `No commit found for SHA: ${ref}`)
    : { status: 200, body: { ...commitBody(found), files: [] } };
}

export function listPullsOfCommit(repository: StandInRepository, { url }: Question, [sha = ""]: string[]): Answer {
  return repository.commits.has(sha)
    ? paged(repository.pullRequestsOf(sha), url, (one) => pullRequestBody(repository, one))
    : failure(422, `No commit found for SHA: ${sha}`);
}

export function compareCommits(
  repository: StandInRepository,
  { url }: Question,
  [base = "", head = ""]: string[],
): Answer {
  const [from, to] = [commitAt(repository, base), commitAt(repository, head)];
  if (from === undefined || to === undefined) {
    return failure(404, "Not Found");
  }
  const found = compare(repository.commits, from.sha, to.sha);
  if (found === undefined) {
    return failure(404, `No common ancestor between ${base} and ${head}.`);
  }
  const { status, ahead, behind } = found;
  const size = Number(url.searchParams.get("per_page") ?? 250);
  const commits = [...ahead].reverse().slice(0, size).map(commitBody);
  return {
    status: 200,
    body: { status, ahead_by: ahead.length, behind_by: behind.length, total_commits: ahead.length, commits, files: [] },
  };
}

export function getContents(repository: StandInRepository, { url, accept }: Question, [path = ""]: string[]): Answer {
  const ref = url.searchParams.get("ref") ?? repository.defaultBranch;
  const commit = commitAt(repository, ref);
  if (commit === undefined) {
    return failure(404, `No commit found for the ref ${ref}`);
  }
  const found = commit.files[path];
  if (found !== undefined) {
    return fileAnswer(commit, path, found);
  }
  const entries = Object.keys(commit.files)
    .filter((file) => file.startsWith(`${path}/`))
    .map((file) => ({ type: "file", path: file }));
  if (entries.length === 0) {
    return failure(404, "Not Found");
  }
  const isObject = accept?.includes("object");
  return { status: 200, body: isObject ? { type: "dir", path, size: 0, entries } : entries };
}

const megabyte = 1024 * 1024;

function fileAnswer(commit: StandInCommit, path: string, file: StandInFile): Answer {
  if (typeof file === "object" && "submodule" in file) {
    return { status: 200, body: { type: "submodule", path, size: 0, sha: file.submodule } };
  }
  if (typeof file === "object" && "symlink" in file) {
    const target = commit.files[file.symlink];
    return typeof target === "string" || Buffer.isBuffer(target)
      ? fileAnswer(commit, path, target)
      : { status: 200, body: { type: "symlink", path, size: 0, target: file.symlink } };
  }
  const content = typeof file === "string" ? Buffer.from(file) : Buffer.isBuffer(file) ? file : undefined;
  const size = content?.length ?? (file as { size: number }).size;
  if (size > 100 * megabyte) {
    const errors = [{ resource: "Blob", field: "data", code: "too_large" }];
    return { ...failure(403, "This API returns blobs up to 100 MB in size."), body: { message: "too large", errors } };
  }
  const isWhole = content !== undefined && size <= megabyte;
  const lines = isWhole ? content.toString("base64").replace(/.{60}/g, "$&\n") : "";
  return {
    status: 200,
    body: { type: "file", path, size, encoding: isWhole ? "base64" : "none", content: lines },
  };
}
