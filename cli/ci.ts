import { type CodeHostAccess, codeHostKinds } from "../clients/code-host";
import type { Run } from "../lifecycle/workspace";

/** What CI's environment variables say about the current run. They are read nowhere else. */
export interface Ci {
  readonly run: Run;
  readonly codeHost: CodeHostAccess;
  /** The workflow run's page, with its log and artifacts; undefined outside a workflow. */
  readonly runPage?: string;
  /** Whether GitHub's runner reads the output and executes the workflow commands in it. */
  readonly executesOutput: boolean;
}

/** @param env the process's environment */
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
      app: { id: env[kind.variables.appId], privateKey: env[kind.variables.appPrivateKey] },
      isRequired: env.CI === "true" || isGitHub,
    },
    runPage: server && repository && id ? `${server}/${repository}/actions/runs/${id}` : undefined,
    executesOutput: isGitHub,
  };
}

/** With the attempt, since a rerun keeps its id. */
function runReference({ GITHUB_RUN_ID: id, GITHUB_RUN_ATTEMPT: attempt }: NodeJS.ProcessEnv): string | undefined {
  return id ? (attempt ? `${id}/${attempt}` : id) : undefined;
}
