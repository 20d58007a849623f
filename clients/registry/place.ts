import { type ImageReference, UserError } from "../../contract";

/** Where an image is found, by the conventions of docker (https://pkg.go.dev/github.com/distribution/reference). */
export interface Place {
  /** The whole reference, for messages. */
  readonly image: string;
  /** What `docker login` takes: `ghcr.io`, `localhost:5000`, `docker.io`. */
  readonly host: string;
  /** `https://ghcr.io`; http on loopback only. */
  readonly origin: string;
  /** Below the registry: `myorg/api`, `library/postgres`. */
  readonly name: string;
  /** The tag; without one the digest. */
  readonly reference: string;
}

/** Docker Hub has one name for people, and another one for its API. */
const hub = "docker.io";
const hubApi = "https://registry-1.docker.io";

/** @throws UserError if there can be no such host */
export function placeOf({ repository, tag, digest }: ImageReference): Place {
  const image = `${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
  const reference = tag ?? digest ?? "latest";
  const [first = "", ...rest] = repository.split("/");
  const isHost = rest.length > 0 && (/[.:A-Z]/.test(first) || first === "localhost");
  if (!isHost || first === hub || first === `index.${hub}`) {
    const path = isHost ? rest.join("/") : repository;
    const name = path.includes("/") ? path : `library/${path}`;
    return { image, host: hub, origin: hubApi, name, reference };
  }
  const url = URL.parse(`https://${first}`);
  if (url === null) {
    throw new UserError(`the image ${image}: ${first} is no host; correct the image's name`);
  }
  const origin = isLoopback(url) ? `http://${first}` : url.origin;
  return { image, host: first, origin, name: rest.join("/"), reference };
}

/** Whether what is sent stays on this machine, so that it needs no encryption. */
export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);

/**
 * Whether the registry may send us on to another address: by https, or on loopback if it is there itself. What is secret is never
 * sent in clear, and a registry elsewhere doesn't reach what listens on this machine only.
 */
export function mayLeadTo(next: URL, { origin }: Pick<Place, "origin">): boolean {
  return isLoopback(new URL(origin))
    ? next.protocol === "https:" || (next.protocol === "http:" && isLoopback(next))
    : next.protocol === "https:" && !reachesThisMachine(next);
}

/** Names and addresses that lead to loopback, too. A name that resolves there can't be told. */
const reachesThisMachine = (url: URL): boolean =>
  isLoopback(url) ||
  /(?:^|\.)localhost\.?$/.test(url.hostname) ||
  /^(?:0\.0\.0\.0|\[::\]|\[::ffff:(?:7f[0-9a-f]{2}:[0-9a-f]{1,4}|0:0)\])$/.test(url.hostname);
