import { UserError } from "../../contract";

const controller = new AbortController();

/** Aborted by Ctrl-C. The terminal signals the whole process group, so the programs that we run are ending, too. */
export const interruption = controller.signal;

/**
 * On Ctrl-C, lets the current step end in an orderly way, so that Pulumi writes its state and releases the lock. A second Ctrl-C
 * exits at once.
 *
 * @param say prints a message for the person at the terminal
 */
export function handleInterruption(say: (text: string) => void): void {
  process.once("SIGINT", () => {
    say("\nStopping once the running programs have ended; press Ctrl-C again to stop at once");
    controller.abort(new UserError("stopped by Ctrl-C; run the same command again to continue"));
    process.once("SIGINT", () => process.exit(130));
  });
}
