import { createAppAuth } from "@octokit/auth-app";
import { z } from "zod";
import { UserError } from "../../../contract";
import type { App, OpenOptions } from "../interface";
import { type Client, githubClient } from "./client";

const installation = z.object({ id: z.int().positive() });

/** The least that pairs need. */
const permissions = {
  read: { contents: "read", pull_requests: "read" },
  write: { pull_requests: "write" },
} as const;

/**
 * A GitHub App's tokens for one repository: each is minted when it is first needed, is for this repository and one purpose only,
 * and is used until it expires.
 *
 * https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
export class AppTokens {
  private readonly client: Client;
  private installationId?: Promise<number>;

  constructor(
    private readonly repository: string,
    { id, privateKey }: App,
    options: Omit<OpenOptions, "token">,
  ) {
    this.client = githubClient({ authStrategy: createAppAuth, auth: { appId: id, privateKey } }, options);
  }

  /** @throws UserError if the app isn't installed there, may not do that, or isn't known by this key */
  async mint(purpose: "read" | "write"): Promise<string> {
    try {
      const { token } = (await this.client.auth({
        type: "installation",
        installationId: await (this.installationId ??= this.installation()),
        repositoryNames: [this.repository.split("/")[1]!],
        permissions: permissions[purpose],
      })) as { token: string };
      return token;
    } catch (error) {
      this.installationId = undefined;
      throw this.explain(error, purpose);
    }
  }

  private async installation(): Promise<number> {
    const answer: { readonly data: unknown } = await this.client.request(`GET /repos/${this.repository}/installation`);
    const { data } = installation.safeParse(answer.data);
    if (data === undefined) {
      throw new Error("GITHUB_API_URL gives an unexpected answer; check that it is the URL of GitHub's REST API");
    }
    return data.id;
  }

  private explain(error: unknown, purpose: "read" | "write"): UserError {
    const { status = 0, message } = error as { status?: number; message: string };
    const wanted = Object.entries(permissions[purpose])
      .map(([name, access]) => `${name.replace("_", "-")}: ${access}`)
      .join(", ");
    const unknown = `GitHub doesn't know it by PREVIEW_APP_ID and PREVIEW_APP_PRIVATE_KEY (${message}); set the id and a key of the same App`;
    const reasons: Record<number, string> = {
      401: unknown,
      403: `it was refused (${message}); see whether its installation is suspended`,
      404: message.startsWith("Integration not found")
        ? unknown
        : "it isn't installed there, or there is no such repository; install it on that repository",
      422: `its installation lacks something (${message}); give it the permissions ${wanted}`,
    };
    return new UserError(
      `the GitHub App gets no token for ${this.repository}: ${reasons[status] ?? message} (docs/pairs.md)`,
      { cause: error },
    );
  }
}

/** Sends these tokens with a client's requests: one for reading, unless something is written. */
export function authenticate(client: Client, tokens: AppTokens): void {
  client.hook.before("request", async (options) => {
    options.headers.authorization = `token ${await tokens.mint(options.method === "GET" ? "read" : "write")}`;
  });
}
