import type { CodeHostKind, OpenOptions } from "../interface";
import type { ServerClock } from "../server-clock";
import { AppTokens, authenticate } from "./app";
import { githubClient } from "./client";
import { GitHub } from "./github";
import { RepositoryRequests } from "./requests";

export const github: CodeHostKind = {
  variables: {
    token: "GITHUB_TOKEN",
    url: "GITHUB_API_URL",
    appId: "PREVIEW_APP_ID",
    appPrivateKey: "PREVIEW_APP_PRIVATE_KEY",
  },
  url: "https://api.github.com",
  ownUrl: "https://github.example.com/api/v3",
  repository: /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
  open: (repository, options, clock) =>
    new GitHub(new RepositoryRequests(repository, clientOf(options, clock, options.token), "own"), clock),
  openOther: (repository, { app, ...options }, clock) => {
    if (app === undefined) {
      return new GitHub(new RepositoryRequests(repository, clientOf(options, clock, options.token), "other"), clock);
    }
    const client = clientOf(options, clock);
    authenticate(client, new AppTokens(repository, app, options));
    return new GitHub(new RepositoryRequests(repository, client, "app"), clock);
  },
};

const clientOf = (options: OpenOptions, clock: ServerClock, token?: string) =>
  githubClient({ auth: token }, { ...options, onDate: (date) => clock.observe(date) });
