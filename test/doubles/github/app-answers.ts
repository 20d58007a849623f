import { randomUUID } from "node:crypto";
import { type Answer, failure, type Question } from "./answer";
import { type GitHubState, isSameName } from "./state";

/** What GitHub would answer to the App itself, which shows a JSON web token; undefined if that isn't what is asked. */
export function answerToApp(state: GitHubState, question: Question, pathname: string): Answer | undefined {
  const { method } = question;
  const [, repository] = /^\/repos\/([^/]+\/[^/]+)\/installation$/.exec(pathname) ?? [];
  const [, installation] = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(pathname) ?? [];
  if (repository === undefined && installation === undefined) {
    return undefined;
  }
  const objection = state.app.objectionTo(question.token ?? "", state.now());
  if (objection !== undefined) {
    return failure(401, objection);
  }
  if (repository !== undefined) {
    const found = state.app.installations.find((one) => one.repositories.some((name) => isSameName(name, repository)));
    return found === undefined ? failure(404, "Not Found") : { status: 200, body: { id: found.id } };
  }
  return method === "POST" ? mint(state, question, Number(installation)) : failure(404, "Not Found");
}

function mint(state: GitHubState, { body }: Question, id: number): Answer {
  const { installations, slug, tokenLifetime } = state.app;
  const found = installations.find((one) => one.id === id);
  if (found === undefined) {
    return failure(404, "Not Found");
  }
  if (found.isSuspended) {
    return failure(403, "This installation has been suspended");
  }
  const names = body.repositories as string[] | undefined;
  const repositories = found.repositories.filter(
    (one) => names === undefined || names.some((name) => isSameName(name, one.split("/")[1]!)),
  );
  if (repositories.length < (names?.length ?? 0)) {
    return failure(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  const permissions = (body.permissions ?? found.permissions) as Record<string, string>;
  if (
    Object.entries(permissions).some(([name, access]) => ![access, "write"].includes(found.permissions[name] ?? ""))
  ) {
    return failure(422, "The permissions requested are not granted to this installation.");
  }
  const token = `ghs_${randomUUID()}`;
  const expiresAt = new Date(state.now().getTime() + tokenLifetime);
  state.tokens.set(token, {
    login: `${slug}[bot]`,
    permissions: Object.entries(permissions).map(([name, access]) => `${name}=${access}`),
    repositories,
    expiresAt,
  });
  return {
    status: 201,
    body: { token, expires_at: expiresAt.toISOString(), permissions, repository_selection: "selected" },
  };
}
