import { type CodeHostAccess, codeHostKinds } from "../clients/code-host";
import type { Run } from "../lifecycle/workspace";

/** What CI and GitHub say in variables of the run that a command is part of. They are read here and nowhere else. */
export interface Ci {
  readonly run: Run;
  readonly codeHost: CodeHostAccess;
  /** The page of the workflow's run, with its output and what it has kept; undefined outside of a workflow. */
  readonly runPage?: string;
  /** Whether GitHub's runner reads the output, which obeys some of its lines. */
  readonly obeysOutput: boolean;
}

/** @param env the process's variables */
export function ciFrom(env: NodeJS.ProcessEnv): Ci {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  const isGitHub = env.GITHUB_ACTIONS === "true";
  const kind = codeHostKinds.find(({ variables }) => env[variables.token]) ?? codeHostKinds[0];
  return {
    run: { isWorkflow: env.CI === "true", reference: runReference(env), repository },
    codeHost: {
      kind,
      token: env[kind.variables.token],
      url: env[kind.variables.url],
      isRequired: env.CI === "true" || isGitHub,
    },
    runPage: server && repository && id ? `${server}/${repository}/actions/runs/${id}` : undefined,
    obeysOutput: isGitHub,
  };
}

/** How a run is recorded: with its attempt, since a run that is rerun keeps its id. */
function runReference({ GITHUB_RUN_ID: id, GITHUB_RUN_ATTEMPT: attempt }: NodeJS.ProcessEnv): string | undefined {
  return id ? (attempt ? `${id}/${attempt}` : id) : undefined;
}
