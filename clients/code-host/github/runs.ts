/**
 * How a workflow's run is noted down: with its attempt, since a run that is started anew keeps its id. Undefined outside
 * of a workflow.
 */
export function runReference({
  GITHUB_RUN_ID: id,
  GITHUB_RUN_ATTEMPT: attempt,
}: NodeJS.ProcessEnv): string | undefined {
  return id ? (attempt ? `${id}/${attempt}` : id) : undefined;
}

/** The page of the workflow's run, with its output and what it has kept; undefined outside of a workflow. */
export function runPage({
  GITHUB_SERVER_URL: server,
  GITHUB_REPOSITORY: repository,
  GITHUB_RUN_ID: id,
}: NodeJS.ProcessEnv): string | undefined {
  return server && repository && id ? `${server}/${repository}/actions/runs/${id}` : undefined;
}

/** The path of a noted run below the repository's; undefined for what isn't a run's reference. */
export function runPath(reference: string): string | undefined {
  const match = /^([1-9]\d{0,18})(?:\/([1-9]\d{0,5}))?$/.exec(reference);
  return match === null
    ? undefined
    : `actions/runs/${match[1]}${match[2] === undefined ? "" : `/attempts/${match[2]}`}`;
}
