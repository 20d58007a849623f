/**
 * The path to ask Django for: `pathname` without `prefix`, as the browser encoded it. Undefined if it lies outside the
 * prefix, or if any number of decodings turns it into something that could leave it: a dot segment, an empty segment
 * or a backslash.
 */
export function upstreamPath(pathname: string, prefix: string): string | undefined {
  if (pathname !== prefix && !pathname.startsWith(`${prefix}/`)) return undefined;
  const path = pathname.slice(prefix.length) || "/";
  return /\\|\/\/|\/\.\.?(\/|$)/.test(decodedFully(path)) ? undefined : path;
}

/** Byte by byte, since `decodeURIComponent` would throw where the bytes aren't UTF-8. */
function decodedFully(path: string): string {
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return decoded === path ? path : decodedFully(decoded);
}
