import { fullCommit } from "../commit";
import { UserError } from "../errors";
import type { Dependency, Ref, Resolved } from "./pair";
import { quoted } from "./quoted";
import { isRepository, parsePull } from "./ref";

/**
 * `--with` of the command line: `myorg/backend#515`, `myorg/backend#515@<commit>` if its head must be that commit, or
 * `myorg/backend@<commit>`; commits in full.
 *
 * @throws UserError for anything else
 */
export function parseWith(text: string): Dependency {
  const at = text.lastIndexOf("@");
  const [name, commit] = at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
  const wish = commit === undefined || fullCommit.test(commit) ? wishOf(name, commit) : undefined;
  if (wish === undefined) {
    throw new UserError(
      "--with must be a pull request or a commit of another repository: myorg/backend#515, myorg/backend#515@COMMIT or " +
        `myorg/backend@COMMIT, the commit in full (40 hexadecimal digits); got ${quoted(text)}`,
    );
  }
  return { ...wish, where: "--with" };
}

function wishOf(name: string, sha?: string): { repository: string; ref: Ref } | undefined {
  const found = parsePull(name);
  if (found !== undefined) {
    const { repository, pull } = found;
    return { repository, ref: sha === undefined ? { pull } : { pull, sha } };
  }
  return sha !== undefined && isRepository(name) ? { repository: name, ref: { commit: sha } } : undefined;
}

/** The `--with` that gives exactly what was resolved, and steps aside if an open pull request has moved on. */
export const withText = ({ repository, ref, merged, commit }: Resolved): string =>
  "pull" in ref && merged !== true ? `${repository}#${ref.pull}@${commit}` : `${repository}@${commit}`;
