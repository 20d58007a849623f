import { sanitizeOutput } from "../../clients/process/sanitize-output";

/**
 * Prints a result on standard output, which has nothing else. Here and in `say` alone the command prints (a rule of
 * eslint.config.mjs), so that nothing from outside gets by `sanitizeOutput`; JSON of `safeJson` stays as it is.
 *
 * @param paint puts colours of our own into the sanitized text @default none
 */
export const print = (text: string, paint = (clean: string) => clean): void => console.log(paint(sanitizeOutput(text)));

/** Prints on standard error, which has progress and errors. */
export const say = (text: string): void => console.error(sanitizeOutput(text));
