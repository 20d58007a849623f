import type { CodeHostKind } from "../interface";
import { githubClient } from "./client";
import { GitHub } from "./github";

export const github: CodeHostKind = {
  variables: { token: "GITHUB_TOKEN", url: "GITHUB_API_URL" },
  url: "https://api.github.com",
  ownUrl: "https://github.example.com/api/v3",
  repository: /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
  open: (repository, options, clock) =>
    new GitHub(repository, githubClient({ ...options, onDate: (date) => clock.observe(date) }), clock),
};
