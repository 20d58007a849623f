import { z } from "zod";
import { UserError } from "../../../contract";
import { isCommit, isRefName } from "../git-names";
import { sha } from "./pull-requests";

/** A commit in a list, and its parents, the first of them the former head of the branch. */
export const commitWithParents = z.object({ sha, parents: z.array(z.object({ sha })) });

/** From the newest, along the first parents, as far as the list goes. */
export function firstParentsIn(commits: readonly z.infer<typeof commitWithParents>[]): string[] {
  const firstParent = new Map(commits.map(({ sha, parents }) => [sha, parents[0]?.sha]));
  const chain: string[] = [];
  for (let next = commits[0]?.sha; next !== undefined && firstParent.has(next); next = firstParent.get(next)) {
    chain.push(next);
    // None is its own ancestor, but a wrong answer must not run forever.
    if (chain.length === commits.length) {
      break;
    }
  }
  return chain;
}

/** @throws UserError if it can't be a commit's full SHA */
export function commitOf(text: string): string {
  if (!isCommit(text)) {
    throw new UserError(`${JSON.stringify(text)} is no full commit SHA: 40 or 64 digits, 0-9 and a-f`);
  }
  return text;
}

/**
 * A branch or tag in full, for a query: `heads/feature/new`.
 *
 * @throws UserError if it can't be the name of one
 */
export function refName(kind: "heads" | "tags", name: string): string {
  if (!isRefName(name)) {
    const what = kind === "heads" ? "branch" : "tag";
    throw new UserError(`${JSON.stringify(name)} can't be the name of a ${what}, by git's rules`);
  }
  return `${kind}/${name}`;
}

/** The same as a path: each of its names is encoded. */
export const refPath = (kind: "heads" | "tags", name: string): string => encodePath(refName(kind, name));

/**
 * Each segment encoded, so that none leads to another path.
 *
 * @throws UserError for `.`, `..` and empty ones, which a URL can't have
 */
export function encodePath(path: string): string {
  const segments = path.split("/");
  if (!path.isWellFormed() || segments.some((segment) => ["", ".", ".."].includes(segment))) {
    throw new UserError(`${JSON.stringify(path)} is no path of a file in a repository`);
  }
  return segments.map(encodeURIComponent).join("/");
}
