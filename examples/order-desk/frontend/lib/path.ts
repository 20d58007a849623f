/** Where Django sees the API: `strip` makes `/api/orders/` `/orders/`, `keep` leaves it as it is. */
export type PrefixMode = "strip" | "keep";

export interface Route {
  /** What to ask Django for, as the browser encoded it. */
  readonly path: string;
  /** What was taken off, and Django has to be told. */
  readonly strippedPrefix?: string;
}

const API = "/api";
/** Django's own routes that are public without /api. */
const CALLBACK = "/auth/callback/";

/** No honest path is encoded as often, and each decoding reads the whole path again. */
const MOST_DECODINGS = 8;

/**
 * Where a path of the public host leads to in Django. Undefined if that isn't Django's, or if any number of decodings
 * turns it into something that could leave its prefix: a dot segment, an empty segment or a backslash.
 */
export function routeOf(path: string, mode: PrefixMode): Route | undefined {
  const decoded = decodedFully(path);
  if (decoded === undefined || /\\|\/\/|\/\.\.?(\/|$)/.test(decoded)) return undefined;
  if (path.startsWith(CALLBACK)) return { path };
  if (path !== API && !path.startsWith(`${API}/`)) return undefined;
  return mode === "keep" ? { path } : { path: path.slice(API.length) || "/", strippedPrefix: API };
}

/** Undefined if that takes too many decodings. */
function decodedFully(path: string): string | undefined {
  for (let count = 0; count <= MOST_DECODINGS; count++) {
    const decoded = decodedOnce(path);
    if (decoded === path) return path;
    path = decoded;
  }
  return undefined;
}

/** Byte by byte, since `decodeURIComponent` would throw where the bytes aren't UTF-8. */
const decodedOnce = (path: string) =>
  path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
