import { stripVTControlCharacters } from "node:util";
import { containerOf, type Part, productWorkloads, referenceOf, standardPartList } from "../../../contract";
import { kubectl, type NamespaceRef } from "../kubectl";
import { logWithoutSecrets } from "../secrets";
import { errorLines, lastLines } from "./error-lines";
import { lookForWords } from "./known-messages";

export interface ServerErrorsOptions {
  readonly place: NamespaceRef;
  /** What the preview consists of. @default what every preview has */
  readonly parts?: readonly Part[];
  /** Whether others read them as well: then nothing is shown where nobody can tell what is secret. */
  readonly isPublic: boolean;
}

/**
 * What the product's servers have logged last of errors, and the setting to look at where it is known; their last lines where
 * none of them tells of an error. Without the preview's secrets. Empty where no log can be read.
 */
export async function serverErrors({
  place,
  parts = standardPartList,
  isPublic,
}: ServerErrorsOptions): Promise<string> {
  const logs = await Promise.all(
    productWorkloads(parts).map(async (part) => ({
      part,
      log: await logWithoutSecrets(place, await logOf(place, part), isPublic),
    })),
  );
  const of = (what: string, select: (log: string) => readonly string[]) =>
    logs.flatMap(({ part, log }) => described(part, what, select(log)));
  const errors = of("errors", errorLines);
  return (errors.length > 0 ? errors : of("lines", lastLines)).join("\n");
}

function logOf(place: NamespaceRef, part: Part): Promise<string> {
  const options = [`--container=${containerOf(part)}`, "--tail=200", "--limit-bytes=65536", "--request-timeout=15s"];
  return kubectl(place, ["logs", referenceOf(part), ...options]).then(stripVTControlCharacters, () => "");
}

function described(part: Part, what: string, lines: readonly string[]): string[] {
  if (lines.length === 0) {
    return [];
  }
  const look = lookForWords(part, lines.join("\n"));
  return [
    `The last ${what} in the log of ${part.name}:`,
    ...lines.map((line) => `  | ${line}`),
    ...(look === undefined ? [] : [`Look at ${look}.`]),
  ];
}
