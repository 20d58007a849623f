/** What execa says of a command that failed. */
interface Failure {
  readonly code?: string;
  readonly shortMessage?: string;
}

/** Those that the embedded default brings along. */
const embedded = ["kubectl", "pulumi"];

/** Why a command that printed nothing failed, in one line. */
export function causeOf(command: string, { code, shortMessage }: Failure): string {
  if (code !== "ENOENT") {
    return shortMessage ?? `${command} failed`;
  }
  return embedded.includes(command)
    ? `${command} is not on PATH: install it or, with the embedded default, run eval "$(npm run -s env)" in the clone first`
    : `${command} is not on PATH`;
}
