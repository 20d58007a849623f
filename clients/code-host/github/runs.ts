/** A run's path below the repository's; undefined if the reference isn't `<id>` or `<id>/<attempt>`. */
export function runPath(reference: string): string | undefined {
  const match = /^([1-9]\d{0,18})(?:\/([1-9]\d{0,5}))?$/.exec(reference);
  return match === null
    ? undefined
    : `actions/runs/${match[1]}${match[2] === undefined ? "" : `/attempts/${match[2]}`}`;
}
