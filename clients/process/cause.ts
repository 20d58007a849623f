/** The fields of execa's result that matter here. */
interface Failure {
  readonly code?: string;
  readonly shortMessage?: string;
}

/** The programs that the embedded default provides. */
const embedded = ["kubectl", "pulumi"];

/** Why a command that printed nothing failed. */
export function causeOf(command: string, { code, shortMessage }: Failure): string {
  if (code !== "ENOENT") {
    return shortMessage ?? `${command} failed`;
  }
  return embedded.includes(command)
    ? `${command} is not on PATH: install it or, with the embedded default, run eval "$(npm run -s env)" in the clone first`
    : `${command} is not on PATH`;
}
