import type { KnownValues } from "./known-values";
import type { SecretText } from "./secret-text";
import { parseTemplate } from "./template";

/**
 * A setting's text with its values in place: a plain text, or a secret one where any of the values is secret.
 *
 * @param report is called for each name that isn't known
 */
export function interpolate(text: string, known: KnownValues, report: (problem: string) => void): string | SecretText {
  const pieces = parseTemplate(text).map((piece) => {
    if (typeof piece === "string") {
      return piece;
    }
    const value = known.get(piece.value);
    if (value === undefined) {
      report(`there is no value \${${piece.value}}; there are ${known.list()}; write $\${ for a literal \${`);
    }
    return value ?? "";
  });
  return pieces.every((piece) => typeof piece === "string") ? pieces.join("") : pieces.flat();
}
