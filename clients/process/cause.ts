/** What execa says of a command that failed. */
interface Failure {
  readonly code?: string;
  readonly shortMessage?: string;
}

/** Why a command that printed nothing failed, in one line. */
export function causeOf(command: string, { code, shortMessage }: Failure): string {
  return code === "ENOENT" ? `${command} is not on PATH` : (shortMessage ?? `${command} failed`);
}
