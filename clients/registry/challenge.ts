/** A scheme of a `WWW-Authenticate` header with its parameters (RFC 9110, 11.6.1). Names are in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** `name="quoted"`, `name=token`, or a scheme. */
const item = /([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([A-Za-z][\w-]*)/g;

/** The challenges of a header, which may have several. */
export function challengesIn(header: string): Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  for (const [, name, quoted, token = "", scheme] of header.matchAll(item)) {
    if (scheme !== undefined) {
      found.push({ scheme: scheme.toLowerCase(), parameters: {} });
    } else if (name !== undefined && found.length > 0) {
      found.at(-1)!.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? token;
    }
  }
  return found;
}
