import type { Unquoted } from "./leaves";

/**
 * What Pulumi's YAML parser reads as a number or a date unless it is quoted, including `01234` and `0b11` of YAML 1.1 and
 * `0o17` of YAML 1.2.
 */
const number = /^[-+]?(?:0x[\da-f_]+|0o?[0-7_]+|0b[01_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[-+]?\d+)?)$/i;
const date = /^\d{4}-\d\d?-\d\d?(?:(?:t| +)\d\d?:\d\d?:\d\d?(?:\.\d+)?(?:z|[-+]\d\d:\d\d)?)?$/i;

/** An integer in canonical form. */
const integer = /^(?:0|-?[1-9]\d*)$/;

/** Whether Pulumi's YAML parser reads a text as a string only if it is quoted. */
export const needsQuotes = (text: string): boolean => number.test(text) || date.test(text);

/**
 * An unquoted number or date as it is written: an integer as a number, or as text if a double can't hold it; undefined if the
 * source is neither.
 */
export function unquotedNumber(source: string): number | string | Unquoted | undefined {
  if (!needsQuotes(source)) {
    return undefined;
  }
  return integer.test(source) ? exactInteger(source) : { unquoted: source };
}

/** Whether a value is what Pulumi's YAML parser makes of an unquoted number or date. */
export function isParsedFrom(value: unknown, { unquoted }: Unquoted): boolean {
  return date.test(unquoted) ? timeOfGo.test(String(value)) : String(value) === String(numberOf(unquoted));
}

const timeOfGo = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S* [-+]\d{4} \S+$/;

function numberOf(source: string): number {
  const [, sign, digits = ""] = /^([-+]?)(.*)$/.exec(source.replaceAll("_", "")) ?? [];
  return (sign === "-" ? -1 : 1) * Number(digits.replace(/^0(?=[0-7]+$)/, "0o"));
}

/** Parses Pulumi's JSON. An integer that a double can't hold becomes text, with all its digits. */
export function parseExactly(json: string): unknown {
  const exact = (_: string, value: unknown, { source }: { readonly source: string }) =>
    typeof value === "number" && integer.test(source) && isKeptByPulumi(source) ? exactInteger(source) : value;
  // TypeScript lacks the third parameter: https://github.com/tc39/proposal-json-parse-with-source
  return JSON.parse(json, exact as (key: string, value: unknown) => unknown);
}

/** Pulumi keeps integers of up to 64 bits. It turns larger ones into floats, whose last digits are wrong. */
const isKeptByPulumi = (source: string) => BigInt.asIntN(64, BigInt(source)) === BigInt(source);

const exactInteger = (source: string) => (Number.isSafeInteger(Number(source)) ? Number(source) : source);
