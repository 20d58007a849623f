import { anyOf } from "../clients/process/signals";
import type { Images, Pair, PerImage } from "../contract";
import { NotChecked, ServerFailed } from "./not-checked";
import type { Cluster } from "./cluster";
import { type Answer, type Ask, cookieHeader, isRedirect, type Question, says } from "./http";
import type { Product } from "./product";
import { csrfToken } from "./csrf-token";
import { type Credentials, logIn, logOut, type Session } from "./session";
import type { Begin } from "./stream";

/** The reason of every check that needs Django's login form and doesn't get it. */
export const noForm = "there is no login form to start from";

/** What was deployed, according to the stack's outputs. */
export interface Ordered {
  readonly images: Images;
  readonly revisions: PerImage<string>;
  /** What the parts from other repositories were resolved to. @default none is from another one */
  readonly pair?: Pair;
}

export interface TargetOptions {
  /** `https://pr-123.previews.example.com` */
  readonly origin: string;
  readonly ask: Ask;
  /** Sends a request to the same host over HTTP, on port 80. Undefined unless the public port is 443. */
  readonly askInsecurely?: Ask;
  /** Sends a request to Django's own host, if the preview has one. */
  readonly askApiHost?: Ask;
  /** Opens a stream on the public host. */
  readonly begin?: Begin;
  readonly product: Product;
  readonly credentials?: Credentials;
  readonly cluster?: Cluster;
  readonly ordered?: Ordered;
  /** Cancels all requests. */
  readonly signal?: AbortSignal;
}

/**
 * A preview to check. Requests that several checks need are sent only once. Their only side effect is a login, which `end`
 * undoes.
 */
export class Target {
  readonly origin: string;
  readonly host: string;
  readonly product: Product;
  readonly askInsecurely?: Ask;
  readonly askApiHost?: Ask;
  /** Sends a request to the public host, without caching. */
  readonly ask: Ask;
  readonly begin?: Begin;
  /** Aborted once no more requests may be sent. */
  readonly signal: AbortSignal;
  private readonly failed = new Map<string, number>();
  private readonly known = new Map<string, Promise<unknown>>();
  private readonly stopped = new AbortController();
  private readonly inside?: Cluster;

  constructor(private readonly options: TargetOptions) {
    this.origin = options.origin;
    this.host = new URL(options.origin).host;
    this.product = options.product;
    this.signal = anyOf(this.stopped.signal, options.signal);
    const stoppable =
      (ask: Ask): Ask =>
      (question) =>
        ask({ ...question, signal: this.signal });
    this.ask = this.noting(stoppable(options.ask));
    this.askInsecurely = options.askInsecurely && stoppable(options.askInsecurely);
    this.askApiHost = options.askApiHost && stoppable(options.askApiHost);
    this.inside = options.cluster?.until(this.signal);
    const { begin } = options;
    this.begin = begin && ((path) => begin(path, this.signal));
  }

  /** The public host's 5xx responses so far, one per path: `/api/admin/login/ 500`. */
  get failing(): string[] {
    return [...this.failed].map(([path, status]) => `${path} ${status}`);
  }

  /** A plain GET of a path on the public host, sent only once. */
  get(path: string): Promise<Answer> {
    return this.once(path, () => this.ask({ path }));
  }

  get loginPath(): string {
    return `${this.product.admin}login/`;
  }

  /** The admin's path in Django's URLs: without the `/api` that the web strips. */
  get adminInDjango(): string {
    return this.product.admin.replace(/^\/api\//, "/");
  }

  /** The admin's login form, open to anyone and with a CSRF cookie. Many checks start from it. */
  async loginPage(): Promise<Answer> {
    const answer = await this.get(this.loginPath).catch(unanswered(noForm));
    if (answer.status !== 200 || !answer.text.includes("csrfmiddlewaretoken")) {
      const hint = answer.status === 404 ? "; set admin in the product file to the path of Django's admin" : "";
      throw new NotChecked(`${noForm}: ${says(answer)}${hint}`);
    }
    if (!answer.headers.has("content-type")) {
      throw new NotChecked("the login form arrives without its headers: answer-headers says more");
    }
    return answer;
  }

  /** Where Django redirects a visitor of the admin who isn't logged in. */
  async adminRedirect(path = this.product.admin): Promise<URL> {
    const answer = await this.get(path);
    const location = answer.headers.get("location");
    if (!isRedirect(answer) || location === null) {
      throw new NotChecked(`Django's redirect to the login didn't arrive: ${says(answer)}`);
    }
    return new URL(location, this.origin);
  }

  /** Whether Django's CSRF check accepts an empty login with these headers. */
  async acceptsPost(headers: Readonly<Record<string, string>>, ask = this.ask, form?: Answer): Promise<boolean> {
    const answer = await ask(emptyLogin(form ?? (await this.loginPage()), headers));
    if (answer.status !== 200 && answer.status !== 403) {
      const Kind = answer.status >= 500 ? ServerFailed : NotChecked;
      throw new Kind(`an empty login neither passes nor fails the CSRF check: ${says(answer)}`);
    }
    return answer.status === 200;
  }

  /** Logs in through the public host, once. */
  logIn(): Promise<Session> {
    return this.once("session", async () => {
      if (this.options.credentials === undefined) {
        throw new NotChecked("no login: set PREVIEW_USERNAME and PREVIEW_PASSWORD, or the setting demoLogin");
      }
      return logIn(this, this.options.credentials);
    });
  }

  /** The same for checks that need a session: if the login gets no response, they are not checked. */
  session(): Promise<Session> {
    return this.logIn().catch(unanswered("nobody could log in"));
  }

  /** Another preview's origin, with the next number. */
  get sibling(): string {
    const { protocol, host } = new URL(this.origin);
    const [label = "", ...domain] = host.split(".");
    const other = /pr-\d+/.test(label)
      ? label.replace(/pr-(\d+)/, (_, number: string) => `pr-${Number(number) + 1}`)
      : `sibling-of-${label}`;
    return `${protocol}//${[other, ...domain].join(".")}`;
  }

  /** @throws NotChecked if the preview was given by URL, so that the cluster is unknown */
  get cluster(): Cluster {
    return required(this.inside, "needs access to the cluster: run preview verify with the number");
  }

  get hasCluster(): boolean {
    return this.inside !== undefined;
  }

  get ordered(): Ordered {
    return required(this.options.ordered, "needs the stack's outputs: run preview verify with the number");
  }

  /** A key of the product file. */
  told<Key extends keyof Product>(key: Key): NonNullable<Product[Key]> {
    return required(this.product[key], `set ${String(key)} in the product file`);
  }

  /** Cancels all pending requests. */
  stop(): void {
    this.stopped.abort(new Error("the time limit was reached"));
  }

  /** Logs out, and cancels all pending requests. */
  async end(): Promise<void> {
    const session = await (this.known.get("session") as Promise<Session> | undefined)?.catch(() => undefined);
    if (session !== undefined) {
      // Not cancelled with the others.
      const ask: Ask = (question) => this.options.ask({ ...question, signal: AbortSignal.timeout(5000) });
      await logOut(this, session, ask).catch(() => undefined);
    }
    this.stop();
  }

  private noting(ask: Ask): Ask {
    return async (question) => {
      const answer = await ask(question);
      if (answer.status >= 500) {
        this.failed.set(question.path, answer.status);
      }
      return answer;
    };
  }

  private once<Result>(key: string, find: () => Promise<Result>): Promise<Result> {
    const known = (this.known.get(key) as Promise<Result> | undefined) ?? find();
    this.known.set(key, known);
    return known;
  }
}

/** A login that Django rejects by showing the form again, without looking up an account. */
export function emptyLogin({ path, cookies }: Answer, headers: Readonly<Record<string, string>>): Question {
  return {
    path,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookieHeader(cookies), ...headers },
    body: new URLSearchParams({ csrfmiddlewaretoken: csrfToken(cookies), username: "", password: "" }).toString(),
  };
}

const unanswered = (consequence: string) => (error: Error) => {
  throw error instanceof NotChecked ? error : new NotChecked(`${consequence}: ${error.message}`);
};

function required<Value>(value: Value | undefined, reason: string): NonNullable<Value> {
  if (value === undefined || value === null) {
    throw new NotChecked(reason);
  }
  return value;
}
