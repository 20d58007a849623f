import { z } from "zod";
import type { Client } from "./client";
import { type Access, explain, missing, type Place, type RequestContext, unreadable } from "./errors";

const pageSize = 100;

/** Requests about one repository, with every answer checked and every failure explained. */
export class RepositoryRequests {
  readonly place: Place;

  constructor(
    readonly repository: string,
    private readonly client: Client,
    access: Access,
  ) {
    this.place = { host: new URL(client.request.endpoint("GET /").url).host, repository, access };
  }

  /**
   * The answer to a GET.
   *
   * @param path below the repository's, each of its names encoded; empty for the repository itself
   * @param absent the statuses that mean that there is nothing, which gives undefined
   */
  async get<Value>(
    path: string,
    schema: z.ZodType<Value>,
    context: RequestContext,
    { query = {}, absent = [404] }: { query?: Readonly<Record<string, unknown>>; absent?: readonly number[] } = {},
  ): Promise<Value | undefined> {
    try {
      return this.read(schema, (await this.send("GET", path, query)).data, context);
    } catch (error) {
      if (absent.includes((error as { status?: number }).status ?? 0)) {
        return undefined;
      }
      throw this.explain(error, context);
    }
  }

  /**
   * A list, page by page. Octokit's own pagination takes a 409 for an empty list and a page without a link for the last one; here
   * a full page is always followed by a request for the next.
   */
  async *pages<Item>(
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
        throw this.explain(error, context);
      });
      const items = this.read(z.array(schema), data, context);
      const fresh = items.filter((item) => !seen.has(key(item)));
      fresh.forEach((item) => seen.add(key(item)));
      if (fresh.length === 0 && items.length > 0) {
        throw this.unreadable(context, `page ${page} repeats the ones before`);
      }
      yield fresh;
      const hasNext = /\brel="?next"?/.test(headers.link ?? "");
      if (items.length === 0 || (items.length < pageSize && !hasNext)) {
        return;
      }
    }
  }

  send(
    method: "GET" | "POST" | "PATCH",
    path: string,
    parameters: Readonly<Record<string, unknown>> = {},
    request: { readonly retries?: number } = {},
  ): Promise<{ data: unknown; headers: { link?: string } }> {
    const below = path === "" ? "" : `/${path}`;
    return this.client.request(`${method} /repos/${this.repository}${below}`, { ...parameters, request });
  }

  graphql(query: string): Promise<unknown> {
    return this.client.graphql(query);
  }

  read<Value>(schema: z.ZodType<Value>, answer: unknown, context: RequestContext): Value {
    const { success, data, error } = schema.safeParse(answer);
    if (!success) {
      const [issue] = error.issues;
      throw this.unreadable(context, `${issue?.path.join(".") || "all of it"}: ${issue?.message}`);
    }
    return data;
  }

  readonly explain = (error: unknown, context: RequestContext) => explain(error, this.place, context);
  readonly missing = (context: RequestContext) => missing(this.place, context);
  readonly unreadable = (context: RequestContext, why: string) => unreadable(this.place, context, why);
}
