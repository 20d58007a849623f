import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dependency, Pair } from "../../contract";
import { ciFrom } from "../../cli/ci";
import { RunCodeHosts } from "../../clients/code-host";
import { openRegistry } from "../../clients/registry";
import { type PairNow, pairNow } from "../../lifecycle/pairs";
import { pairForUp, type PairOfUp } from "../../lifecycle/up/pair";
import { lookAtPullRequest } from "../../lifecycle/up/step-aside";
import type { Workspace } from "../../lifecycle/workspace";
import { GitHubStandIn, shaOf, type StandInRepository } from "../doubles/github";

export const digest = `sha256:${"1".repeat(64)}`;

/** The newest commits of `main` in myorg/backend, oldest first, and the head of its pull request 515. */
export const [m1, m2, m3, head] = ["m1", "m2", "m3", "head"].map(shaOf) as [string, string, string, string];
/** The head of pull request 7 of myorg/web, which is previewed. */
export const own = shaOf("own");

/** Sources by part, as in the settings, but for the registry's host: `{ api: "myorg/backend" }`. */
type Sources = Readonly<Record<string, string>>;

/**
 * A pull request of myorg/web and the repositories that it may be paired with: real clients, a stand-in for GitHub, and a server
 * that has the images in `built`.
 */
export class PairWorld {
  readonly web: StandInRepository;
  readonly backend: StandInRepository;
  /** The images that there are: `myorg/api:<commit>`. */
  readonly built = new Set<string>();
  /** What the registry was asked for: `myorg/api:<commit>`. */
  readonly asked: string[] = [];
  readonly said: string[] = [];
  /** Answers in place of the registry. */
  answer?: (response: ServerResponse) => void;
  isWorkflow = false;
  env: NodeJS.ProcessEnv;
  private readonly project = mkdtempSync(join(tmpdir(), "preview-pair-"));
  private hosts?: RunCodeHosts;

  private constructor(
    readonly github: GitHubStandIn,
    private readonly server: Server,
  ) {
    this.env = github.env;
    this.web = github.repository("myorg/web");
    this.backend = github.repository("myorg/backend");
    [m1, m2, m3].forEach((sha) => this.backend.commit(sha, { branch: "main" }));
    this.backend.open(515, { headSha: head });
    this.build("api", m1, m2, m3, head);
    this.setSources({ api: "myorg/backend" });
    this.ask({});
    server.on("request", (request: IncomingMessage, response: ServerResponse) => this.serve(request, response));
  }

  static async start(): Promise<PairWorld> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new PairWorld(await GitHubStandIn.start("myorg/web"), server);
  }

  async stop(): Promise<void> {
    rmSync(this.project, { recursive: true });
    this.server.closeAllConnections();
    await Promise.all([new Promise((resolve) => this.server.close(resolve)), this.github.stop()]);
  }

  /** What pull request 7 asks for. */
  ask({ file, body = "", fork }: { file?: string | Buffer; body?: string; fork?: boolean }): void {
    this.web.commit(own, { parents: [], files: file === undefined ? {} : { "preview-overrides.yaml": file } });
    this.web.open(7, { headSha: own, body, fork: fork ?? false });
  }

  build(name: string, ...commits: string[]): void {
    commits.forEach((commit) => this.built.add(`myorg/${name}:${commit}`));
  }

  setSources(sources: Sources): void {
    const all = Object.entries(sources).map(([part, repository]) => [
      part,
      { repository, branch: "main", image: `${this.registryHost}/myorg/${part}:\${sha}` },
    ]);
    writeFileSync(join(this.project, "Pulumi.yaml"), "name: p\nruntime: nodejs\n");
    const services = Object.keys(sources).filter((part) => part !== "api" && part !== "web");
    const config = {
      "p:repository": "myorg/web",
      "p:sources": Object.fromEntries(all) as object,
      "p:services": Object.fromEntries(services.map((name) => [name, { perCommit: true }])),
    };
    writeFileSync(join(this.project, "Pulumi.preview.yaml"), JSON.stringify({ config }));
  }

  image(part: string, commit: string): string {
    return `${this.registryHost}/myorg/${part}:${commit}`;
  }

  /** What was read is forgotten, and comments needn't wait for each other, as GitHub wants them to within a run. */
  nextRun(): void {
    this.hosts = undefined;
  }

  /** The present run's. */
  workspace(): Workspace {
    const report = (message: string) => void this.said.push(message);
    this.hosts ??= new RunCodeHosts(ciFrom(this.env).codeHost, { second: 1, timeoutMs: 500, report });
    const registry = openRegistry({ env: { DOCKER_CONFIG: this.project }, report, second: 1, timeoutMs: 500 });
    const workspace: Partial<Workspace> = {
      project: this.project,
      env: {},
      report,
      run: { isWorkflow: this.isWorkflow },
      interruption: new AbortController().signal,
      codeHost: (repository) => this.hosts!.own(repository),
      otherCodeHost: (repository) => this.hosts!.other(repository),
      registry: () => registry,
    };
    return workspace as Workspace;
  }

  /** As `preview resolve 7`. */
  now(commandLine: readonly Dependency[] = [], sha?: string): Promise<PairNow> {
    return pairNow(this.workspace(), 7, { commandLine, sha });
  }

  /** As `preview up 7` begins, without waiting for images. */
  async up(options: Partial<PairOfUp> = {}): Promise<Pair> {
    return (await this.pairForUp(options)).pair;
  }

  /** The same, with the description that it read. */
  async pairForUp(options: Partial<PairOfUp> = {}) {
    const workspace = this.workspace();
    const host = workspace.codeHost("myorg/web");
    const { found } = await lookAtPullRequest({ codeHost: host, pullRequest: 7 });
    return pairForUp(workspace, host, found, { settings: {}, images: [], sha: own, waits: false, ...options });
  }

  /** The message of an error, with HOST for the code host and REGISTRY for the registry. */
  async messageOf(asking: Promise<unknown>): Promise<string> {
    const error = await asking.then(
      () => new Error("nothing was refused"),
      (one: Error) => one,
    );
    const { host } = new URL(this.github.url);
    return `${error.name}: ${error.message}`.replaceAll(host, "HOST").replaceAll(this.registryHost, "REGISTRY");
  }

  /** The code host's log but for what `up` asks without a pair, too: the pull request itself. */
  requests(): string[] {
    return this.github.requests.map(({ line }) => line).filter((line) => line !== "GET /repos/myorg/web/pulls/7");
  }

  private get registryHost(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private serve({ url = "" }: IncomingMessage, response: ServerResponse): void {
    const [, name = "", tag = ""] = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(url) ?? [];
    this.asked.push(`${name}:${tag}`);
    if (this.answer !== undefined) {
      this.answer(response);
      return;
    }
    const isBuilt = this.built.has(`${name}:${tag}`);
    response.writeHead(isBuilt ? 200 : 404, isBuilt ? { "docker-content-digest": digest } : {}).end();
  }
}
