export interface Question {
  readonly method: string;
  readonly url: URL;
  readonly token?: string;
  /** Of the token. */
  readonly login?: string;
  readonly ifNoneMatch?: string;
  readonly accept?: string;
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

export function failure(status: number, message: string, headers?: Answer["headers"]): Answer {
  return {
    status,
    headers,
    body: { message, documentation_url: "https://docs.github.com/rest", status: String(status) },
  };
}

/** A page of a list. */
export function paged<Item>(items: readonly Item[], url: URL, toBody: (item: Item) => object): Answer {
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
