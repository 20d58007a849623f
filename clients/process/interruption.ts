import { UserError } from "../../contract";

const controller = new AbortController();

/** Aborted by Ctrl-C. What a terminal runs gets the same signal, so each step's own programs are ending by then. */
export const interruption = controller.signal;

/**
 * Lets the step that is at work end in an orderly way on Ctrl-C, so that Pulumi's state is written and the lock is
 * given back; a second one ends this process at once.
 *
 * @param say tells the person at the terminal what happens now
 */
export function handleInterruption(say: (text: string) => void): void {
  process.once("SIGINT", () => {
    say("\nStopping when the programs at work have ended; press Ctrl-C again to stop at once");
    controller.abort(new UserError("stopped by Ctrl-C; run the same command again to go on"));
    process.once("SIGINT", () => process.exit(130));
  });
}
