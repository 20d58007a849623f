import type { Unquoted } from "./leaves";

/**
 * What Pulumi's YAML takes for a number or a date where it isn't quoted: also `01234` and `0b11`, which are of YAML 1.1, and
 * `0o17` of 1.2.
 */
const number = /^[-+]?(?:0x[\da-f_]+|0o?[0-7_]+|0b[01_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[-+]?\d+)?)$/i;
const date = /^\d{4}-\d\d?-\d\d?(?:(?:t| +)\d\d?:\d\d?:\d\d?(?:\.\d+)?(?:z|[-+]\d\d:\d\d)?)?$/i;

/** An integer as it is written nowhere else but in one way. */
const integer = /^(?:0|-?[1-9]\d*)$/;

/** Whether a text needs quotes, so that Pulumi's YAML takes it for one. */
export const needsQuotes = (text: string): boolean => number.test(text) || date.test(text);

/**
 * What stands in a file without quotes, where that is a number or a date: an integer as such, or as a text where a double can't
 * hold it; undefined for all else.
 */
export function unquotedNumber(source: string): number | string | Unquoted | undefined {
  if (!needsQuotes(source)) {
    return undefined;
  }
  return integer.test(source) ? exactInteger(source) : { unquoted: source };
}

/** Whether a value is what Pulumi's YAML makes of what stands in a file without quotes. */
export function isParsedFrom(value: unknown, { unquoted }: Unquoted): boolean {
  return date.test(unquoted) ? timeOfGo.test(String(value)) : String(value) === String(numberOf(unquoted));
}

const timeOfGo = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S* [-+]\d{4} \S+$/;

function numberOf(source: string): number {
  const [, sign, digits = ""] = /^([-+]?)(.*)$/.exec(source.replaceAll("_", "")) ?? [];
  return (sign === "-" ? -1 : 1) * Number(digits.replace(/^0(?=[0-7]+$)/, "0o"));
}

/** JSON as Pulumi writes it. An integer that a double can't hold is a text, with all its digits. */
export function parseExactly(json: string): unknown {
  const exact = (_: string, value: unknown, { source }: { readonly source: string }) =>
    typeof value === "number" && integer.test(source) && isKeptByPulumi(source) ? exactInteger(source) : value;
  // TypeScript doesn't know of the third yet: https://github.com/tc39/proposal-json-parse-with-source
  return JSON.parse(json, exact as (key: string, value: unknown) => unknown);
}

/** Pulumi keeps 64 bits, and makes a float of more: its last digits are made up. */
const isKeptByPulumi = (source: string) => BigInt.asIntN(64, BigInt(source)) === BigInt(source);

const exactInteger = (source: string) => (Number.isSafeInteger(Number(source)) ? Number(source) : source);
