import { harmless } from "../../clients/process/harmless";

/**
 * Prints a result on standard output, which has nothing else. Here and in `say` alone the command prints (a rule of
 * eslint.config.mjs), so that nothing from outside gets by `harmless`; JSON of `harmlessJson` stays as it is.
 *
 * @param paint puts colours of our own into the harmless text @default none
 */
export const print = (text: string, paint = (clean: string) => clean): void => console.log(paint(harmless(text)));

/** Prints on standard error, which has progress and errors. */
export const say = (text: string): void => console.error(harmless(text));
