import { Composer, type Document, isMap, isScalar, LineCounter, Parser, visit } from "yaml";
import { inOneLine } from "./quoted";

/** Something wrong in a file, and the line, from 1. */
export interface Problem {
  readonly line: number;
  readonly message: string;
}

/** A file's content as plain data, or all that is wrong with it. */
export interface PlainYaml {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The line of the key that a path of keys ends at. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

/** What gives YAML a meaning beyond its text, or makes a small file large. */
const refused: Readonly<Record<string, string>> = {
  alias: "aliases (*name)",
  anchor: "anchors (&name)",
  tag: "tags (!name)",
  directive: "directives (%YAML)",
};

const collections = ["block-map", "block-seq", "flow-collection"];

const deepest = 8;

/**
 * Reads YAML that a stranger wrote: one document of plain data, without aliases, anchors, tags and directives. Depth and these
 * are looked for before the text becomes objects, which the library does recursively.
 *
 * @param text of limited length: its time grows with the square of it
 */
export function plainYaml(text: string): PlainYaml {
  const lines = new LineCounter();
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const tooMuch = [...refusedIn(tokens)].map(({ offset, message }) => ({ line: lineAt(offset), message }));
  if (tooMuch.length > 0) {
    return { value: undefined, problems: tooMuch, lineOf: () => 1 };
  }
  const composer = new Composer({ prettyErrors: false, logLevel: "error" });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  const wrong = [
    ...document!.errors.map(({ code, message, pos: [offset] }) => ({
      offset,
      message:
        code === "DUPLICATE_KEY" ? "this key is already set above" : `not YAML: ${inOneLine(message.slice(0, 200))}`,
    })),
    ...unreadableKeys(document!),
    ...(second === undefined ? [] : [{ offset: second.range[0], message: "must be one document" }]),
  ];
  return {
    value: wrong.length === 0 ? document!.toJS() : undefined,
    problems: wrong.map(({ offset, message }) => ({ line: lineAt(offset), message })),
    lineOf: (path) => lineAt(offsetOf(document!, path)),
  };
}

interface Found {
  readonly offset: number;
  readonly message: string;
}

function* refusedIn(tokens: readonly unknown[]): Generator<Found> {
  const rest = tokens.map((token) => ({ token, depth: 0 })).reverse();
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { type = "", offset = 0 } = next.token as { type?: string; offset?: number };
    const depth = next.depth + (collections.includes(type) ? 1 : 0);
    if (depth > deepest) {
      yield { offset, message: `must not be nested deeper than ${deepest} levels` };
      return;
    }
    if (Object.hasOwn(refused, type)) {
      yield { offset, message: `must not use ${refused[type]}` };
    }
    const below = Object.values(next.token as object).filter((one) => typeof one === "object" && one !== null);
    rest.push(...below.map((token: unknown) => ({ token, depth })).reverse());
  }
}

/** Keys that aren't text, such as lists, which have no place in an object. */
function unreadableKeys(document: Document.Parsed): Found[] {
  const found: Found[] = [];
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || typeof key.value !== "string") {
        found.push({ offset: startOf(key) ?? startOf(value) ?? 0, message: "a key must be text" });
      }
    },
  });
  return found;
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let at: unknown = document.contents;
  let offset = startOf(at) ?? 0;
  for (const name of path) {
    const pair = isMap(at) ? at.items.find(({ key }) => isScalar(key) && key.value === name) : undefined;
    offset = startOf(pair?.key) ?? offset;
    at = pair?.value;
  }
  return offset;
}

const startOf = (node: unknown): number | undefined => (node as { range?: number[] } | null | undefined)?.range?.[0];
