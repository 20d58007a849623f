/**
 * Random values of a preview's own, by name: `databasePassword`, `djangoSecretKey`, `nextAuthSecret`, `demoPassword` with the setting
 * `demoLogin`, and `random.NAME`, `random.NAME.base64` and `random.NAME.base64url` for those that settings name.
 */
export type GeneratedSecrets = Readonly<Record<string, string>>;

/** One generated value in a text. */
interface GeneratedPiece {
  readonly generated: string;
  /** As a URL's user or password, percent-encoded. @default as it is */
  readonly inUrl?: boolean;
}

/** A text with a secret in it, which only a Secret may hold. What it is made of is known before the secrets are. */
export type SecretText = readonly (string | GeneratedPiece)[];

/** @throws Error where a value is named that isn't generated, which is a mistake of ours */
function secretTextWith(text: SecretText, generated: GeneratedSecrets): string {
  return text
    .map((piece) => {
      if (typeof piece === "string") {
        return piece;
      }
      const value = generated[piece.generated];
      if (value === undefined) {
        throw new Error(`no value is generated for ${piece.generated}`);
      }
      return piece.inUrl === true ? encodeURIComponent(value) : value;
    })
    .join("");
}

/** What a Secret holds, once its values are generated. */
export const secretData = (
  texts: Readonly<Record<string, SecretText>>,
  generated: GeneratedSecrets,
): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, secretTextWith(text, generated)]));
