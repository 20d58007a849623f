import { z } from "zod";
import type { UserError } from "../../../contract";
import type { CodeHost, FileContent, PullRequest } from "../interface";
import type { ServerClock } from "../server-clock";
import { setComment } from "./comments";
import { contents, fileFrom, isTooLarge } from "./contents";
import type { RequestContext } from "./errors";
import { commitOf, commitWithParents, encodePath, firstParentsIn, refName, refPath } from "./history";
import { isForks, type Pull, pull, pullRequestFrom, sha } from "./pull-requests";
import type { RepositoryRequests } from "./requests";
import { runPath } from "./runs";

const run = z.object({ status: z.string() });

const approvals = z.array(z.object({ state: z.string() }));

const comparison = z.object({ status: z.enum(["diverged", "ahead", "behind", "identical"]) });

const commit = z.object({ sha });

const repositoryId = z.object({ id: z.int().positive() });

const readsPulls = "pull-requests: read";
const readsContents = "contents: read";
const readsActions = "actions: read";

/** GitHub's REST API, https://docs.github.com/en/rest, for one repository. */
export class GitHub implements CodeHost {
  readonly repository: string;
  readonly mayComment: boolean;

  constructor(
    private readonly requests: RepositoryRequests,
    private readonly clock: ServerClock,
  ) {
    this.repository = requests.repository;
    this.mayComment = requests.place.access !== "other";
  }

  async pullRequest(number: number): Promise<PullRequest | undefined> {
    const context = { what: `pull request ${number}`, permission: readsPulls };
    const found = await this.requests.get(`pulls/${number}`, pull, context);
    if (found !== undefined && found.number !== number) {
      throw this.requests.unreadable(context, `it is about ${found.number}`);
    }
    return found && pullRequestFrom(found);
  }

  async openPullRequests(): Promise<PullRequest[]> {
    const context = { what: "the open pull requests", permission: readsPulls };
    // Oldest first, so that one that is opened meanwhile doesn't move others between pages.
    const order = { state: "open", sort: "created", direction: "asc" };
    const found: PullRequest[] = [];
    for await (const page of this.requests.pages("pulls", order, pull, ({ number }) => number, context)) {
      found.push(...page.map(pullRequestFrom));
    }
    return found.filter(({ state }) => state === "open");
  }

  async file(path: string, commit: string, maxBytes: number): Promise<FileContent | undefined> {
    const context = { what: `${path} at ${commit}`, permission: readsContents };
    const query = { ref: commitOf(commit), mediaType: { format: "object" } };
    try {
      const found = await this.requests.get(`contents/${encodePath(path)}`, contents, context, { query });
      return found && fileFrom(found, maxBytes);
    } catch (error) {
      if (isTooLarge(error)) {
        return { problem: "too large" };
      }
      throw error;
    }
  }

  async firstParents(branch: string): Promise<string[]> {
    const context = { what: `branch ${branch}`, permission: readsContents };
    const query = { sha: `refs/${refName("heads", branch)}`, per_page: 100 };
    const found = await this.requests.get("commits", z.array(commitWithParents), context, { query });
    if (found === undefined || found.length === 0) {
      throw this.requests.missing(context);
    }
    return firstParentsIn(found);
  }

  async isOnBranch(commit: string, branch: string): Promise<boolean> {
    const context = { what: `commit ${commit} on branch ${branch}`, permission: readsContents };
    const path = `compare/refs/${refPath("heads", branch)}...${commitOf(commit)}`;
    const found = await this.requests.get(path, comparison, context, { query: { per_page: 1 } });
    return found !== undefined && ["behind", "identical"].includes(found.status);
  }

  async isHeadOfOpenPull(commit: string): Promise<boolean> {
    const context = { what: `the pull requests with commit ${commit}`, permission: readsPulls };
    const path = `commits/${commitOf(commit)}/pulls`;
    const options = { query: { per_page: 100 }, absent: [404, 422] };
    for (const found of (await this.requests.get(path, z.array(pull), context, options)) ?? []) {
      if (found.state === "open" && found.head.sha === commit && !isForks(found) && (await this.isOwn(found))) {
        return true;
      }
    }
    return false;
  }

  async tagCommit(tag: string): Promise<string | undefined> {
    return this.commitAt(refPath("tags", tag), { what: `tag ${tag}`, permission: readsContents });
  }

  async branchHead(branch: string): Promise<string | undefined> {
    return this.commitAt(refPath("heads", branch), { what: `branch ${branch}`, permission: readsContents });
  }

  missing(what: string): UserError {
    return this.requests.missing({ what, permission: `${readsContents} and ${readsPulls}` });
  }

  async runEnded(reference: string): Promise<boolean> {
    const path = runPath(reference);
    if (path === undefined) {
      return false;
    }
    const found = await this.requests.get(path, run, { what: `run ${reference}`, permission: readsActions });
    return found?.status === "completed";
  }

  async runApproved(reference: string): Promise<boolean> {
    const [id = ""] = reference.split("/");
    const path = runPath(id);
    if (path === undefined) {
      return false;
    }
    const context = { what: `the approvals of run ${id}`, permission: readsActions };
    const found = await this.requests.get(`${path}/approvals`, approvals, context);
    return found?.some(({ state }) => state === "approved") ?? false;
  }

  setComment(number: number, body: string, about?: string): Promise<void> {
    return setComment(this.requests, { number, body, about });
  }

  now(): Date | undefined {
    return this.clock.now();
  }

  /** 422 where nothing has that name, or what has it is no commit; 409 where the repository is empty. */
  private async commitAt(path: string, context: RequestContext): Promise<string | undefined> {
    return (await this.requests.get(`commits/${path}`, commit, context, { absent: [404, 409, 422] }))?.sha;
  }

  /** A fork's pull requests can have the same commit. If the repository was renamed, only its id is the same. */
  private async isOwn({ base }: Pull): Promise<boolean> {
    if (base.repo.full_name.toLowerCase() === this.repository.toLowerCase()) {
      return true;
    }
    const context = { what: "the repository itself", permission: "metadata: read" };
    return (await this.requests.get("", repositoryId, context))?.id === base.repo.id;
  }
}
