import { sanitizeOutput } from "../../clients/process/sanitize-output";
import { withoutBasicAuth } from "./without-basic-auth";

/**
 * Prints a result on standard output, which carries nothing else. Only this and `say` write to the console
 * (eslint.config.mjs has a rule), so that no outside text bypasses `sanitizeOutput`; it leaves the output of `safeJson` as is.
 *
 * @param paint adds our own colours to the sanitized text @default none
 */
export const print = (text: string, paint = (clean: string) => clean): void =>
  console.log(paint(sanitizeOutput(withoutBasicAuth(text))));

/** Prints progress or an error on standard error. */
export const say = (text: string): void => console.error(sanitizeOutput(withoutBasicAuth(text)));
