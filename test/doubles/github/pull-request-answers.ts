import { type Answer, failure, paged, type Question } from "./answer";
import type { StandInComment, StandInPullRequest, StandInRepository } from "./repository";

export function listPullRequests(repository: StandInRepository, { url }: Question): Answer {
  const wanted = url.searchParams.get("state") ?? "open";
  const found = [...repository.pullRequests.values()]
    .filter((one) => wanted === "all" || one.state === wanted)
    .sort((a, b) => a.number - b.number);
  const isDescending = (url.searchParams.get("direction") ?? "desc") === "desc";
  return paged(isDescending ? found.reverse() : found, url, (one) => pullRequestBody(repository, one));
}

export function getPullRequest(repository: StandInRepository, _question: Question, [number]: string[]): Answer {
  const found = repository.pullRequests.get(Number(number));
  return found === undefined
    ? failure(404, "Not Found")
    : { status: 200, body: { ...pullRequestBody(repository, found), merged: found.merged } };
}

export function pullRequestBody({ id, fullName }: StandInRepository, one: StandInPullRequest): object {
  const { number, state, merged, headSha, branch, mergeCommit, body, updatedAt, fork, labels } = one;
  const closedAt = state === "closed" ? "2026-01-02T00:00:00Z" : null;
  const own = { id, full_name: fullName };
  return {
    number,
    state,
    body,
    merge_commit_sha: mergeCommit,
    title: "`$(touch /tmp/owned)`",
    html_url: `https://github.com/${fullName}/pull/${number}`,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: updatedAt.toISOString().replace(/\.\d+/, ""),
    closed_at: closedAt,
    merged_at: merged ? closedAt : null,
    head: {
      ref: "feature",
      sha: headSha,
      repo: fork === "gone" ? null : fork ? { id: 2, full_name: "somebody/fork" } : own,
    },
    base: { ref: branch, repo: own },
    labels: labels.map((name, index) => ({ id: index + 1, name })),
  };
}

export function listComments(repository: StandInRepository, { url }: Question, [number]: string[]): Answer {
  const found = repository.comments.filter(({ issue }) => issue === Number(number));
  return repository.pullRequests.has(Number(number)) ? paged(found, url, commentBody) : failure(404, "Not Found");
}

export function createComment(repository: StandInRepository, { body, login }: Question, [number]: string[]): Answer {
  if (!repository.pullRequests.has(Number(number))) {
    return failure(404, "Not Found");
  }
  const created = {
    id: repository.comments.length + 1001,
    issue: Number(number),
    login: login!,
    body: body.body as string,
  };
  repository.comments.push(created);
  return { status: 201, body: commentBody(created) };
}

export function updateComment(repository: StandInRepository, { body }: Question, [id]: string[]): Answer {
  const found = repository.comments.find((one) => one.id === Number(id));
  if (found === undefined) {
    return failure(404, "Not Found");
  }
  found.body = body.body as string;
  return { status: 200, body: commentBody(found) };
}

const commentBody = ({ id, body, login }: StandInComment) => ({ id, body, user: { id: 1, login } });

export function getRun(repository: StandInRepository, _question: Question, [id, attempt]: string[]): Answer {
  const attempts = repository.runs.get(Number(id))?.attempts ?? [];
  const number = attempt === undefined ? attempts.length : Number(attempt);
  const status = attempts[number - 1];
  return status === undefined
    ? failure(404, "Not Found")
    : { status: 200, body: { id: Number(id), run_attempt: number, status } };
}

export function listApprovals(repository: StandInRepository, _question: Question, [id]: string[]): Answer {
  const run = repository.runs.get(Number(id));
  const body = (run?.approvals ?? []).map((decision) => ({
    state: decision,
    environments: [{ name: "preview-fork" }],
  }));
  return run === undefined ? failure(404, "Not Found") : { status: 200, body };
}
