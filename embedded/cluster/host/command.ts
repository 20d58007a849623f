import { execa, ExecaError } from "execa";

/** The system's programs. A user's PATH may lack the sbin folders. */
export const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface CommandOptions {
  /** Milliseconds, 10 000 by default. */
  timeout?: number;
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
}

/**
 * Runs a program and returns its standard output.
 * @throws Error with the command, its exit code and its standard error
 */
export async function run(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  try {
    const result = await execa(file, args, {
      timeout: options.timeout ?? 10_000,
      input: options.input,
      cwd: options.cwd ?? "/",
      env: { PATH: systemPath, ...options.env },
      stdin: options.input === undefined ? "ignore" : undefined,
    });
    return result.stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.code === "ENOENT") throw new Error(`${file} isn't installed`, { cause: error });
    const outcome = error.timedOut ? "took too long" : `failed with exit code ${error.exitCode ?? "unknown"}`;
    const details = String(error.stderr ?? "").trim();
    throw new Error([`${[file, ...args].join(" ")} ${outcome}`, details].filter(Boolean).join(": "), { cause: error });
  }
}

/** Whether the program ran and exited with 0. */
export async function succeeds(file: string, args: readonly string[], options?: CommandOptions): Promise<boolean> {
  return run(file, args, options).then(
    () => true,
    () => false,
  );
}
