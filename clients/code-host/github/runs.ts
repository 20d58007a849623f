/** The path of a noted run below the repository's; undefined for what isn't a run's reference. */
export function runPath(reference: string): string | undefined {
  const match = /^([1-9]\d{0,18})(?:\/([1-9]\d{0,5}))?$/.exec(reference);
  return match === null
    ? undefined
    : `actions/runs/${match[1]}${match[2] === undefined ? "" : `/attempts/${match[2]}`}`;
}
