import { createHash } from "node:crypto";

/** RFC 1035: a DNS label has at most 63 characters. Kubernetes applies the same limit to namespaces. */
const maxLabel = 63;

/** No preview's label ends in it, so that an API host never equals another preview's host. */
const apiSuffix = "-api";

/** What a preview's names are derived from. */
export interface NameParts {
  readonly pullRequest: number;
  /** Empty, or the product's name if several products share a cluster or a domain. */
  readonly prefix: string;
  /** `previews.example.com` */
  readonly domain: string;
  /** The public port. The origin omits 443. */
  readonly port: number;
}

/** The names that a preview is reached by. */
export interface Names {
  /** `pr-123`, or `<prefix>-pr-123`. */
  readonly namespace: string;
  /** `pr-123.previews.example.com`, used in routes, DNS and ALLOWED_HOSTS. */
  readonly host: string;
  /** `https://` and the host, with the port unless it is 443; used for CSRF, CORS and the auth URLs. */
  readonly origin: string;
  /** `pr-123-api.previews.example.com`, Django's own host if `ingress.apiHost` is set. */
  readonly apiHost: string;
  readonly apiOrigin: string;
}

export function namesOf(parts: NameParts): Names {
  const namespace = previewLabel(parts.prefix, parts.pullRequest);
  const host = `${namespace}.${parts.domain}`;
  const apiHost = `${namespace}${apiSuffix}.${parts.domain}`;
  const originOf = (name: string) => (parts.port === 443 ? `https://${name}` : `https://${name}:${parts.port}`);
  return { namespace, host, origin: originOf(host), apiHost, apiOrigin: originOf(apiHost) };
}

/**
 * The label that is both the namespace and the host's first label. A long prefix is cut and gets a hash of the whole; the
 * number stays readable.
 */
function previewLabel(prefix: string, pullRequest: number): string {
  const suffix = `pr-${pullRequest}`;
  if (prefix === "") {
    return suffix;
  }
  const room = maxLabel - suffix.length - 1 - apiSuffix.length;
  return `${prefix.length <= room ? prefix : shorten(prefix, room)}-${suffix}`;
}

function shorten(text: string, length: number): string {
  const hash = shortHash(text);
  return `${text.slice(0, length - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}

/** A hash of ten hexadecimal digits, short enough for a name. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}
