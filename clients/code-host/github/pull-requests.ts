import { z } from "zod";
import type { PullRequest } from "../interface";

export const sha = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);

const id = z.int().positive();

/** Of a pull request as in a list; the answer about one has more. */
export const pull = z.object({
  number: id,
  state: z.enum(["open", "closed"]),
  merged_at: z.string().nullable(),
  // While it is open, GitHub's try at merging it.
  merge_commit_sha: sha.nullish(),
  body: z.string().nullish(),
  updated_at: z.iso.datetime(),
  html_url: z.url({ protocol: /^https?$/ }),
  head: z.object({ sha, repo: z.object({ id }).nullable() }),
  base: z.object({ ref: z.string(), repo: z.object({ id, full_name: z.string() }) }),
  labels: z.array(z.object({ name: z.string() })),
});

export type Pull = z.infer<typeof pull>;

export function pullRequestFrom(found: Pull): PullRequest {
  const merged = found.merged_at !== null;
  return {
    number: found.number,
    state: found.state,
    merged,
    headSha: found.head.sha,
    branch: found.base.ref,
    ...(merged && found.merge_commit_sha ? { mergeCommit: found.merge_commit_sha } : {}),
    body: found.body ?? "",
    updatedAt: new Date(found.updated_at),
    fork: isForks(found),
    labels: found.labels.map(({ name }) => name),
    url: found.html_url,
  };
}

/** Whether its commits come from another repository, or from one that is gone. */
export const isForks = ({ head, base }: Pull): boolean => head.repo?.id !== base.repo.id;
