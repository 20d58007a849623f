/** What is at a path; `size` alone for a file too large to be kept here. */
export type StandInFile = string | Buffer | { size: number } | { symlink: string } | { submodule: string };

export interface StandInCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  /** All files at this commit, by their path. */
  readonly files: Readonly<Record<string, StandInFile>>;
}

type Commits = ReadonlyMap<string, StandInCommit>;

/** A commit and all before it. */
export function ancestorsOf(commits: Commits, sha: string): Set<string> {
  const found = new Set<string>();
  const next = [sha];
  while (next.length > 0) {
    const one = next.pop()!;
    const commit = commits.get(one);
    if (commit !== undefined && !found.has(one)) {
      found.add(one);
      next.push(...commit.parents);
    }
  }
  return found;
}

/** Newest first; parents are made before their children. */
export const historyOf = (commits: Commits, sha: string): StandInCommit[] => {
  const ancestors = ancestorsOf(commits, sha);
  return [...commits.values()].filter((commit) => ancestors.has(commit.sha)).reverse();
};

/** How `head` relates to `base`; undefined if they have no commit in common. */
export function compare(commits: Commits, base: string, head: string) {
  const ofBase = ancestorsOf(commits, base);
  const ofHead = ancestorsOf(commits, head);
  const ahead = historyOf(commits, head).filter(({ sha }) => !ofBase.has(sha));
  const behind = [...ofBase].filter((sha) => !ofHead.has(sha));
  if (behind.length === ofBase.size) {
    return undefined;
  }
  const status =
    ahead.length > 0 ? (behind.length > 0 ? "diverged" : "ahead") : behind.length > 0 ? "behind" : "identical";
  return { status, ahead, behind };
}
