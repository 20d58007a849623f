/** A text that a setting gives, cut where it names values: `redis://${redis.host}` is `redis://` and the value `redis.host`. */
export type Template = readonly (string | { readonly value: string })[];

const marks = /\$\$\{|\$\{([^{}]*)\}/g;

/**
 * Cuts a text at each `${name}`; `$${` stands for `${` itself. All else stays as it is, a lone `$` or an unclosed `${` included.
 */
export function parseTemplate(text: string): Template {
  const found: (string | { value: string })[] = [];
  let from = 0;
  let literal = "";
  for (const match of text.matchAll(marks)) {
    literal += text.slice(from, match.index);
    from = match.index + match[0].length;
    if (match[1] === undefined) {
      literal += "${";
      continue;
    }
    found.push(...(literal === "" ? [] : [literal]), { value: match[1] });
    literal = "";
  }
  literal += text.slice(from);
  return literal === "" ? found : [...found, literal];
}

/** The names of the values in a text. */
export const valuesNamedIn = (text: string): string[] =>
  parseTemplate(text).flatMap((piece) => (typeof piece === "string" ? [] : [piece.value]));
