import type { SecretText } from "./secret-text";

const name = /^random\.([A-Za-z_][A-Za-z0-9_]*)(\.base64|\.base64url)?$/;

/** A random value that settings name. */
export interface RandomValue {
  readonly name: string;
  /**
   * `text` has 32 letters and digits. `bytes` are 32, in base64 or base64url of 44 characters, as AES and Fernet take them: both
   * forms of one name are the same bytes.
   */
  readonly kind: "text" | "bytes";
}

/** `random.NAME` in one of its three forms; undefined for any other value. */
export function randomValue(value: string): RandomValue | undefined {
  const match = name.exec(value);
  return match ? { name: match[1]!, kind: match[2] === undefined ? "text" : "bytes" } : undefined;
}

/** The random values in texts, each once, by the alphabet. */
export function randomValuesIn(texts: readonly SecretText[]): RandomValue[] {
  const found = texts
    .flat()
    .flatMap((piece) => (typeof piece === "string" ? [] : [randomValue(piece.generated)]))
    .filter((value) => value !== undefined);
  const byKey = new Map(found.map((value) => [`${value.name} ${value.kind}`, value]));
  return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
}
