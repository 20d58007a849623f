import { z } from "zod";
import type { RequestContext } from "./errors";
import type { RepositoryRequests } from "./requests";

const comment = z.object({
  id: z.int().positive(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullable(),
});

const viewer = z.object({ viewer: z.object({ login: z.string() }) });

/** Invisible in the rendered comment. */
const markerOf = (about?: string) =>
  about === undefined ? "<!-- preview-stack -->" : `<!-- preview-stack: ${about} -->`;

/** GitHub refuses a comment of more than 65536 characters. */
const maxLength = 60_000;

export interface Comment {
  readonly number: number;
  readonly body: string;
  /** `myorg/web#12` @default the pull request itself */
  readonly about?: string;
}

/** Creates or replaces this tool's comment on a pull request. */
export async function setComment(requests: RepositoryRequests, { number, body, about }: Comment): Promise<void> {
  const marker = markerOf(about);
  const context = { what: `a comment on pull request ${number}`, permission: "pull-requests: write" };
  const text = { body: `${marker}\n${body.slice(0, maxLength)}` };
  // Twice, since a comment may have been created although the answer was lost: the second try finds it then.
  for (let tries = 1; ; tries += 1) {
    const own = await ownComment(requests, number, marker, context);
    try {
      await (own === undefined
        ? requests.send("POST", `issues/${number}/comments`, text, { retries: 0 })
        : requests.send("PATCH", `issues/comments/${own}`, text));
      return;
    } catch (error) {
      if (tries === 2 || ((error as { status?: number }).status ?? 0) < 500) {
        throw requests.explain(error, context);
      }
    }
  }
}

/** Anybody can write the marker, so the author must match, too. */
async function ownComment(
  requests: RepositoryRequests,
  number: number,
  marker: string,
  context: RequestContext,
): Promise<number | undefined> {
  let self: string | undefined;
  for await (const page of requests.pages(`issues/${number}/comments`, {}, comment, (one) => one.id, context)) {
    const marked = page.filter(({ body }) => body?.startsWith(marker));
    if (marked.length > 0) {
      self ??= await login(requests, context);
      const own = marked.find(({ user }) => user?.login === self);
      if (own !== undefined) {
        return own.id;
      }
    }
  }
  return undefined;
}

/** The login of the token's owner. For a workflow's token, only GraphQL returns it, not REST. */
async function login(requests: RepositoryRequests, context: RequestContext): Promise<string> {
  try {
    return requests.read(viewer, await requests.graphql("{ viewer { login } }"), context).viewer.login;
  } catch (error) {
    throw requests.explain(error, { ...context, what: "the token's owner, for the comments" });
  }
}
