import { createHash } from "node:crypto";

/** RFC 1035: a label of a DNS name has at most 63 characters. Kubernetes holds namespaces to the same. */
const maxLabel = 63;

/** No preview's label ends in it, so that no API's host is another preview's. */
const apiSuffix = "-api";

/** What the names of one preview are made from. */
export interface NameParts {
  readonly pullRequest: number;
  /** Empty, or the product's name where several products share a cluster or a domain. */
  readonly prefix: string;
  /** `previews.example.com` */
  readonly domain: string;
  /** The public port. 443 doesn't show in the origin. */
  readonly port: number;
}

/** Every name of a preview that others address it by. */
export interface Names {
  /** `pr-123`, or `<prefix>-pr-123`. */
  readonly namespace: string;
  /** `pr-123.previews.example.com`: goes into routes, DNS and ALLOWED_HOSTS. */
  readonly host: string;
  /** `https://` and the host, with the port where it isn't 443: goes into CSRF, CORS and the auth URLs. */
  readonly origin: string;
  /** `pr-123-api.previews.example.com`: leads straight to Django, where the setting `ingress.apiHost` asks for it. */
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
 * The label that is both the namespace and the first part of the host. Only this label is ours, so only it is
 * shortened: the prefix gives way to its start and a hash of the whole, the number stays readable.
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

/** Ten hexadecimal digits that stand for a text in a name. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}
