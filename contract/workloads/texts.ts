import { interpolate, type KnownValues, type SecretText } from "../values";

/** The texts of settings, with their values in place. */
export class Texts {
  /** @param report is called with the setting's path and what is wrong with it */
  constructor(
    private readonly known: KnownValues,
    private readonly report: (problem: string) => void,
  ) {}

  /** A text for a variable, which may be secret. */
  variable(text: string, path: string): string | SecretText {
    return interpolate(text, this.known, (problem) => this.report(`${path}: ${problem}`));
  }

  /** A text that everyone can read who can read Kubernetes objects or process arguments. */
  plain(text: string, path: string): string {
    const value = this.variable(text, path);
    if (typeof value === "string") {
      return value;
    }
    this.report(`${path}: must not contain a secret value, which others could read there; pass it as a variable`);
    return "";
  }

  /** The same for each of a list. */
  plainList(texts: readonly string[], path: string): string[] {
    return texts.map((text, at) => this.plain(text, `${path}.${at}`));
  }
}
