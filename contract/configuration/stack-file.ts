import { Document, LineCounter, parseDocument, visit } from "yaml";
import { UserError } from "../errors";
import { type Leaves, leavesOf, valuesOf } from "./leaves";
import { needsQuotes, unquotedNumber } from "./numbers";

/** A stack's configuration file, `Pulumi.pr-1.yaml`. */
export interface StackFile {
  /** What decrypts its values: `encryptionsalt`, or `secretsprovider` and `encryptedkey`. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly settings: Leaves;
}

/**
 * @param project the Pulumi project's name, which keys in the file may have as a prefix
 * @param name the file's, for messages @default without one
 * @throws UserError with the line if it isn't YAML
 */
export function parseStackFile(text: string, project: string, name = "the stack's file"): StackFile {
  const { config, ...header } = parsed(text, name);
  const prefix = `${project}:`;
  const values = Object.entries(config ?? {}).map(([key, value]): [string, unknown] => [
    key.startsWith(prefix) ? key.slice(prefix.length) : key,
    value,
  ]);
  return { header, settings: leavesOf(Object.fromEntries(values)) };
}

/** The text of a stack's file, as `pulumi` reads it. */
export function stackFileText(project: string, { header, settings }: StackFile): string {
  const values = Object.entries(valuesOf(settings)).map(([key, value]) => [fullKey(key, project), value]);
  const document = new Document({ ...header, config: Object.fromEntries(values) as object });
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === "string" && (beginsEmpty(scalar.value) || needsQuotes(scalar.value))) {
        scalar.type = "QUOTE_DOUBLE";
      }
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Prefixes a configuration key with the project's name, unless it already has a prefix, such as `cloudflare:`. */
export const fullKey = (key: string, project: string): string => (key.includes(":") ? key : `${project}:${key}`);

/**
 * Like Pulumi's YAML parser, drops leading empty lines of a block scalar. Unlike it, keeps the text of unquoted numbers and
 * dates, which Pulumi changes, in part irreversibly.
 */
function parsed(text: string, name: string): Record<string, unknown> {
  const lineCounter = new LineCounter();
  // A pretty error quotes the line, which may contain a secret.
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new UserError(`${name}:${lineCounter.linePos(error.pos[0]).line}: not YAML: ${error.message}`);
  }
  visit(document, {
    Scalar: (key, scalar) => {
      if (beginsEmpty(scalar.value) && scalar.type?.startsWith("BLOCK") === true) {
        scalar.value = scalar.value.replace(/^\n+/, "");
      }
      if (key !== "key" && scalar.type === "PLAIN" && scalar.tag === undefined && scalar.source !== undefined) {
        scalar.value = unquotedNumber(scalar.source) ?? scalar.value;
      }
    },
  });
  return (document.toJS() ?? {}) as Record<string, unknown>;
}

const beginsEmpty = (value: unknown): value is string => typeof value === "string" && value.startsWith("\n");
