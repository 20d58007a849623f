import { type Answer, failure, type Question } from "./answer";
import { answerToApp } from "./app-answers";
import { compareCommits, getCommit, getContents, listCommits, listPullsOfCommit } from "./git-answers";
import {
  createComment,
  getPullRequest,
  getRun,
  listApprovals,
  listComments,
  listPullRequests,
  updateComment,
} from "./pull-request-answers";
import type { StandInRepository } from "./repository";
import { type GitHubState, isSameName, type StandInToken } from "./state";

type Route = (repository: StandInRepository, question: Question, parts: string[]) => Answer;

const routes: readonly [method: string, path: RegExp, permission: string, route: Route][] = [
  ["GET", /^$/, "metadata=read", ({ id, fullName }) => ({ status: 200, body: { id, full_name: fullName } })],
  ["GET", /^\/pulls$/, "pull_requests=read", listPullRequests],
  ["GET", /^\/pulls\/(\d+)$/, "pull_requests=read", getPullRequest],
  ["GET", /^\/issues\/(\d+)\/comments$/, "pull_requests=read", listComments],
  ["POST", /^\/issues\/(\d+)\/comments$/, "pull_requests=write", createComment],
  ["PATCH", /^\/issues\/comments\/(\d+)$/, "pull_requests=write", updateComment],
  ["GET", /^\/actions\/runs\/(\d+)\/approvals$/, "actions=read", listApprovals],
  ["GET", /^\/actions\/runs\/(\d+)(?:\/attempts\/(\d+))?$/, "actions=read", getRun],
  ["GET", /^\/contents\/(.+)$/, "contents=read", getContents],
  ["GET", /^\/commits$/, "contents=read", listCommits],
  ["GET", /^\/commits\/([^/]+)\/pulls$/, "pull_requests=read", listPullsOfCommit],
  ["GET", /^\/commits\/(.+)$/, "contents=read", getCommit],
  ["GET", /^\/compare\/(.+)\.\.\.(.+)$/, "contents=read", compareCommits],
];

/** What GitHub would answer. */
export function answerTo(state: GitHubState, question: Question): Answer {
  if (!question.url.pathname.startsWith(`${state.basePath}/`)) {
    return failure(404, "Not Found");
  }
  const pathname = question.url.pathname.slice(state.basePath.length);
  const toApp = answerToApp(state, question, pathname);
  if (toApp !== undefined) {
    return toApp;
  }
  const token = state.tokens.get(question.token ?? "");
  if (token === undefined || (token.expiresAt !== undefined && token.expiresAt <= state.now())) {
    return failure(401, "Bad credentials");
  }
  if (pathname === "/graphql") {
    return { status: 200, body: { data: { viewer: { login: token.login } } } };
  }
  const found = repositoryOf(state, pathname);
  if (found === undefined || (found.repository.isPrivate && !state.isFor(token, found.repository))) {
    return failure(404, "Not Found");
  }
  return found.isRenamed
    ? movedTo(`${state.basePath}/repositories/${found.repository.id}${found.rest}`, question)
    : answerAbout(state, found.repository, found.rest, token, { ...question, login: token.login });
}

interface Found {
  readonly repository: StandInRepository;
  /** The path below the repository's. */
  readonly rest: string;
  readonly isRenamed: boolean;
}

function repositoryOf({ repositories }: GitHubState, pathname: string): Found | undefined {
  const [, fullName, id, rest = ""] = /^\/(?:repos\/([^/]+\/[^/]+)|repositories\/(\d+))(\/.*)?$/.exec(pathname) ?? [];
  const isCalled = (name: string) => fullName !== undefined && isSameName(name, fullName);
  const current = repositories.find((one) => isCalled(one.fullName) || String(one.id) === id);
  const repository = current ?? repositories.find(({ formerNames }) => formerNames.some(isCalled));
  return repository && { repository, rest, isRenamed: current === undefined };
}

const movedTo = (path: string, { method, url }: Question): Answer => ({
  ...failure(method === "GET" ? 301 : 307, "Moved Permanently"),
  headers: { location: `${url.origin}${path}${url.search}` },
});

function answerAbout(
  state: GitHubState,
  repository: StandInRepository,
  rest: string,
  token: StandInToken,
  question: Question,
): Answer {
  for (const [method, pattern, permission, route] of routes) {
    const match = pattern.exec(rest);
    if (match !== null && method === question.method) {
      return isAllowed(state, repository, token, permission)
        ? route(
            repository,
            question,
            match.slice(1).map((part: string | undefined) => part && decodeURIComponent(part)) as string[],
          )
        : refused(permission);
    }
  }
  return failure(404, "Not Found");
}

/** What is public can be read by every token. */
function isAllowed(
  state: GitHubState,
  repository: StandInRepository,
  token: StandInToken,
  permission: string,
): boolean {
  if (permission === "metadata=read") {
    return true;
  }
  return state.isFor(token, repository)
    ? token.permissions.some((one) => one === permission || one === permission.replace("read", "write"))
    : permission.endsWith("=read");
}

const refused = (permission: string) =>
  failure(403, "Resource not accessible by integration", { "x-accepted-github-permissions": permission });
