import type { GitHubState, StandInPullRequest } from "./state";

export interface Question {
  readonly method: string;
  readonly url: URL;
  readonly token?: string;
  readonly ifNoneMatch?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent in place of the body as JSON. */
  readonly raw?: string;
  /** Closes the connection in the middle of the body, or before the response. */
  readonly cut?: "body" | "all";
}

type Route = (state: GitHubState, question: Question, parts: string[]) => Answer;

const routes: readonly [method: string, path: RegExp, permission: string, route: Route][] = [
  ["GET", /^\/pulls$/, "pull_requests=read", listPullRequests],
  ["GET", /^\/pulls\/(\d+)$/, "pull_requests=read", getPullRequest],
  ["GET", /^\/issues\/(\d+)\/comments$/, "pull_requests=read", listComments],
  ["POST", /^\/issues\/(\d+)\/comments$/, "pull_requests=write", createComment],
  ["PATCH", /^\/issues\/comments\/(\d+)$/, "pull_requests=write", updateComment],
  ["GET", /^\/actions\/runs\/(\d+)\/approvals$/, "actions=read", listApprovals],
  ["GET", /^\/actions\/runs\/(\d+)(?:\/attempts\/(\d+))?$/, "actions=read", getRun],
];

/** What GitHub would answer. */
export function answerTo(state: GitHubState, question: Question): Answer {
  const token = state.tokens.get(question.token ?? "");
  if (token === undefined) {
    return failure(401, "Bad credentials");
  }
  const { pathname } = question.url;
  if (pathname === "/graphql") {
    return { status: 200, body: { data: { viewer: { login: token.login } } } };
  }
  const base = [`/repos/${state.repository}`, "/repositories/1"].find((start) => pathname.startsWith(`${start}/`));
  for (const [method, pattern, permission, route] of base === undefined ? [] : routes) {
    const match = pattern.exec(pathname.slice(base!.length));
    if (match !== null && method === question.method) {
      return token.permissions.some((one) => one === permission || one === permission.replace("read", "write"))
        ? route(state, question, match.slice(1))
        : refused(permission);
    }
  }
  return failure(404, "Not Found");
}

export function failure(status: number, message: string, headers?: Answer["headers"]): Answer {
  return {
    status,
    headers,
    body: { message, documentation_url: "https://docs.github.com/rest", status: String(status) },
  };
}

const refused = (permission: string) =>
  failure(403, "Resource not accessible by integration", { "x-accepted-github-permissions": permission });

function listPullRequests(state: GitHubState, { url }: Question): Answer {
  const wanted = url.searchParams.get("state") ?? "open";
  const found = [...state.pullRequests.values()]
    .filter((one) => wanted === "all" || one.state === wanted)
    .sort((a, b) => a.number - b.number);
  const isDescending = (url.searchParams.get("direction") ?? "desc") === "desc";
  return paged(isDescending ? found.reverse() : found, url, (one) => pullRequestBody(state, one));
}

function getPullRequest(state: GitHubState, _question: Question, [number]: string[]): Answer {
  const found = state.pullRequests.get(Number(number));
  return found === undefined
    ? failure(404, "Not Found")
    : { status: 200, body: { ...pullRequestBody(state, found), merged: found.merged } };
}

function pullRequestBody({ repository }: GitHubState, one: StandInPullRequest): object {
  const { number, state, merged, headSha, branch, mergeCommit, body, updatedAt, fork, labels } = one;
  const closedAt = state === "closed" ? "2026-01-02T00:00:00Z" : null;
  const own = { id: 1, full_name: repository };
  return {
    number,
    state,
    body,
    merge_commit_sha: mergeCommit,
    title: "`$(touch /tmp/owned)`",
    html_url: `https://github.com/${repository}/pull/${number}`,
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

function listComments(state: GitHubState, { url }: Question, [number]: string[]): Answer {
  const found = state.comments.filter(({ issue }) => issue === Number(number));
  return state.pullRequests.has(Number(number)) ? paged(found, url, commentBody) : failure(404, "Not Found");
}

function createComment(state: GitHubState, { body, token }: Question, [number]: string[]): Answer {
  if (!state.pullRequests.has(Number(number))) {
    return failure(404, "Not Found");
  }
  const { login } = state.tokens.get(token!)!;
  const created = { id: state.comments.length + 1001, issue: Number(number), login, body: body.body as string };
  state.comments.push(created);
  return { status: 201, body: commentBody(created) };
}

function updateComment(state: GitHubState, { body }: Question, [id]: string[]): Answer {
  const found = state.comments.find((one) => one.id === Number(id));
  if (found === undefined) {
    return failure(404, "Not Found");
  }
  found.body = body.body as string;
  return { status: 200, body: commentBody(found) };
}

const commentBody = ({ id, body, login }: GitHubState["comments"][number]) => ({ id, body, user: { id: 1, login } });

function getRun(state: GitHubState, _question: Question, [id, attempt]: string[]): Answer {
  const attempts = state.runs.get(Number(id))?.attempts ?? [];
  const number = attempt === undefined ? attempts.length : Number(attempt);
  const status = attempts[number - 1];
  return status === undefined
    ? failure(404, "Not Found")
    : { status: 200, body: { id: Number(id), run_attempt: number, status } };
}

function listApprovals(state: GitHubState, _question: Question, [id]: string[]): Answer {
  const run = state.runs.get(Number(id));
  const body = (run?.approvals ?? []).map((decision) => ({
    state: decision,
    environments: [{ name: "preview-fork" }],
  }));
  return run === undefined ? failure(404, "Not Found") : { status: 200, body };
}

function paged<Item>(items: readonly Item[], url: URL, toBody: (item: Item) => object): Answer {
  const size = Math.min(Number(url.searchParams.get("per_page") ?? 30), 100);
  const page = Number(url.searchParams.get("page") ?? 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const links = [
    ...(page > 1 ? [link(url, 1, "first"), link(url, page - 1, "prev")] : []),
    ...(page < last ? [link(url, page + 1, "next"), link(url, last, "last")] : []),
  ];
  return {
    status: 200,
    headers: links.length === 0 ? {} : { link: links.join(", ") },
    body: items.slice((page - 1) * size, page * size).map(toBody),
  };
}

function link(url: URL, page: number, relation: string): string {
  const target = new URL(url);
  target.searchParams.set("page", String(page));
  return `<${target.href}>; rel="${relation}"`;
}
