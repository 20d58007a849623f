import { z } from "zod";
import type { CodeHost, PullRequest } from "../interface";
import type { Client } from "./client";
import { type RequestContext, explain, unreadable } from "./errors";
import { runPath } from "./runs";
import type { ServerClock } from "../server-clock";

const id = z.int().positive();

const pull = z.object({
  number: id,
  state: z.enum(["open", "closed"]),
  merged_at: z.string().nullable(),
  updated_at: z.iso.datetime(),
  html_url: z.string(),
  head: z.object({ sha: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/), repo: z.object({ id }).nullable() }),
  base: z.object({ repo: z.object({ id }) }),
  labels: z.array(z.object({ name: z.string() })),
});

const comment = z.object({ id, body: z.string().nullish(), user: z.object({ login: z.string() }).nullable() });

const run = z.object({ status: z.string() });

const approval = z.object({ state: z.string() });

const viewer = z.object({ viewer: z.object({ login: z.string() }) });

/** Invisible in the rendered comment. */
const marker = "<!-- preview-stack -->";

/** GitHub refuses a comment of more than 65536 characters. */
const maxCommentLength = 60_000;

const pageSize = 100;

/** GitHub's REST API, https://docs.github.com/en/rest, for one repository. */
export class GitHub implements CodeHost {
  private readonly host: string;

  constructor(
    readonly repository: string,
    private readonly client: Client,
    private readonly clock: ServerClock,
  ) {
    this.host = new URL(client.request.endpoint("GET /").url).host;
  }

  async pullRequest(number: number): Promise<PullRequest | undefined> {
    const context = { what: `pull request ${number}`, permission: "pull-requests: read" };
    const answer = await this.getIfThere(`pulls/${number}`, context);
    if (answer === undefined) {
      return undefined;
    }
    const found = this.read(pull, answer, context);
    if (found.number !== number) {
      throw unreadable(this.repository, context, this.host, `it is about ${found.number}`);
    }
    return pullRequestFrom(found);
  }

  async openPullRequests(): Promise<PullRequest[]> {
    const context = { what: "the open pull requests", permission: "pull-requests: read" };
    // Oldest first, so that one that is opened meanwhile doesn't move others between pages.
    const order = { state: "open", sort: "created", direction: "asc" };
    const found: PullRequest[] = [];
    for await (const page of this.pages("pulls", order, pull, ({ number }) => number, context)) {
      found.push(...page.map(pullRequestFrom));
    }
    return found.filter(({ state }) => state === "open");
  }

  async runEnded(reference: string): Promise<boolean> {
    const path = runPath(reference);
    if (path === undefined) {
      return false;
    }
    const context = { what: `run ${reference}`, permission: "actions: read" };
    const answer = await this.getIfThere(path, context);
    return answer !== undefined && this.read(run, answer, context).status === "completed";
  }

  async runApproved(reference: string): Promise<boolean> {
    const [id = ""] = reference.split("/");
    const path = runPath(id);
    if (path === undefined) {
      return false;
    }
    const context = { what: `the approvals of run ${id}`, permission: "actions: read" };
    const answer = await this.getIfThere(`${path}/approvals`, context);
    return (
      answer !== undefined && this.read(z.array(approval), answer, context).some(({ state }) => state === "approved")
    );
  }

  async setComment(number: number, body: string): Promise<void> {
    const context = { what: `a comment on pull request ${number}`, permission: "pull-requests: write" };
    const text = { body: `${marker}\n${body.slice(0, maxCommentLength)}` };
    // Twice, since a comment may have been created although the answer was lost: the second try finds it then.
    for (let tries = 1; ; tries += 1) {
      const own = await this.ownComment(number, context);
      try {
        await (own === undefined
          ? this.send("POST", `issues/${number}/comments`, text, { retries: 0 })
          : this.send("PATCH", `issues/comments/${own}`, text));
        return;
      } catch (error) {
        if (tries === 2 || ((error as { status?: number }).status ?? 0) < 500) {
          throw explain(error, this.repository, context, this.host);
        }
      }
    }
  }

  now(): Date | undefined {
    return this.clock.now();
  }

  /** Anybody can write the marker, so the author must match, too. */
  private async ownComment(number: number, context: RequestContext): Promise<number | undefined> {
    let self: string | undefined;
    for await (const page of this.pages(`issues/${number}/comments`, {}, comment, (one) => one.id, context)) {
      const marked = page.filter(({ body }) => body?.startsWith(marker));
      if (marked.length > 0) {
        self ??= await this.self(context);
        const own = marked.find(({ user }) => user?.login === self);
        if (own !== undefined) {
          return own.id;
        }
      }
    }
    return undefined;
  }

  /** The login of the token's owner. For a workflow's token, only GraphQL returns it, not REST. */
  private async self(context: RequestContext): Promise<string> {
    try {
      return this.read(viewer, await this.client.graphql("{ viewer { login } }"), context).viewer.login;
    } catch (error) {
      throw explain(error, this.repository, { ...context, what: "the token's owner, for the comments" }, this.host);
    }
  }

  /**
   * A list, page by page. Octokit's own pagination takes a 409 for an empty list and a page without a link for the last one; here
   * a full page is always followed by a request for the next.
   */
  private async *pages<Item>(
    path: string,
    query: Readonly<Record<string, string>>,
    schema: z.ZodType<Item>,
    key: (item: Item) => number,
    context: RequestContext,
  ): AsyncGenerator<Item[]> {
    const seen = new Set<number>();
    for (let page = 1; ; page += 1) {
      const parameters = { ...query, per_page: pageSize, page };
      const { data, headers } = await this.send("GET", path, parameters).catch((error: unknown) => {
        throw explain(error, this.repository, context, this.host);
      });
      const items = this.read(z.array(schema), data, context);
      const fresh = items.filter((item) => !seen.has(key(item)));
      fresh.forEach((item) => seen.add(key(item)));
      if (fresh.length === 0 && items.length > 0) {
        throw unreadable(this.repository, context, this.host, `page ${page} repeats the ones before`);
      }
      yield fresh;
      const hasNext = /\brel="?next"?/.test(headers.link ?? "");
      if (items.length === 0 || (items.length < pageSize && !hasNext)) {
        return;
      }
    }
  }

  private async getIfThere(path: string, context: RequestContext): Promise<unknown> {
    try {
      return (await this.send("GET", path)).data;
    } catch (error) {
      if ((error as { status?: number }).status === 404) {
        return undefined;
      }
      throw explain(error, this.repository, context, this.host);
    }
  }

  private send(
    method: "GET" | "POST" | "PATCH",
    path: string,
    parameters: Readonly<Record<string, unknown>> = {},
    request: { readonly retries?: number } = {},
  ): Promise<{ data: unknown; headers: { link?: string } }> {
    return this.client.request(`${method} /repos/${this.repository}/${path}`, { ...parameters, request });
  }

  private read<Value>(schema: z.ZodType<Value>, answer: unknown, context: RequestContext): Value {
    const { success, data, error } = schema.safeParse(answer);
    if (!success) {
      const [issue] = error.issues;
      throw unreadable(
        this.repository,
        context,
        this.host,
        `${issue?.path.join(".") || "all of it"}: ${issue?.message}`,
      );
    }
    return data;
  }
}

function pullRequestFrom({
  number,
  state,
  merged_at,
  updated_at,
  html_url,
  head,
  base,
  labels,
}: z.infer<typeof pull>): PullRequest {
  return {
    number,
    state,
    merged: merged_at !== null,
    headSha: head.sha,
    updatedAt: new Date(updated_at),
    fork: head.repo?.id !== base.repo.id,
    labels: labels.map(({ name }) => name),
    url: html_url,
  };
}
