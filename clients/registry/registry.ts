import { createHash } from "node:crypto";
import type { ImageReference } from "../../contract";
import { Authorizations } from "./authorizations";
import { explain, failing, unexpected } from "./errors";
import { mayLeadTo, type Place, placeOf } from "./place";
import { type Answer, type RequestOptions, Requests } from "./requests";

/** Which images the registries have, by the OCI distribution specification. It is only read. */
export interface Registry {
  /**
   * The digest that a reference's tag means now, `sha256:…`; undefined if the registry has no such image. Without a tag, it is
   * asked for the digest.
   *
   * @throws UserError that names the image, the cause and the next step: the registry can't be reached, it refuses (with which
   * login), its rate limit is exceeded, its answer is unexpected
   */
  digestOf(image: ImageReference): Promise<string | undefined>;
}

export interface OpenOptions extends RequestOptions {
  /** DOCKER_CONFIG, HOME and PATH: where docker's logins and their helpers are found. */
  readonly env: NodeJS.ProcessEnv;
}

/** All of them; a registry is asked for a token once per repository, until it refuses that. */
export function openRegistry({ env, ...options }: OpenOptions): Registry {
  const requests = new Requests(options);
  const authorizations = new Authorizations(env, requests, options.signal);

  async function digestOf(image: ImageReference): Promise<string | undefined> {
    const place = placeOf(image);
    const head = await ask(place, "HEAD");
    if (head === undefined) {
      return undefined;
    }
    const digest = head.headers.get("docker-content-digest") ?? "";
    if (/^sha256:[0-9a-f]{64}$/.test(digest)) {
      return digest;
    }
    const answer = await ask(place, "GET");
    return answer && digestOfManifest(place, answer);
  }

  /** Undefined if there is no such image. */
  async function ask(place: Place, method: "HEAD" | "GET"): Promise<Answer | undefined> {
    try {
      return found(place, await authorizations.use(place, (authorization) => manifest(place, method, authorization)));
    } catch (error) {
      options.signal?.throwIfAborted();
      throw explain(error, place);
    }
  }

  const manifest = (place: Place, method: "HEAD" | "GET", authorization: string | undefined) =>
    requests.send(
      new URL(`${place.origin}/v2/${place.name}/manifests/${place.reference}`),
      { method, headers: { accept: manifestTypes.join(", "), ...(authorization && { authorization }) } },
      (next) => mayLeadTo(next, place),
    );

  return { digestOf };
}

/** All that a tag may mean: of one platform or of several, by OCI or by docker. */
const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** Undefined for a 404, which a web page is not: that is no registry's. */
function found(place: Place, answer: Answer): Answer | undefined {
  const isPage = answer.headers.get("content-type")?.startsWith("text/html") ?? false;
  if (answer.status === 200 && !isPage) {
    return answer;
  }
  if (answer.status === 404 && !isPage) {
    return undefined;
  }
  if (answer.status >= 500) {
    throw failing(place, place.host, answer.status);
  }
  throw unexpected(place, `answers ${answer.status}${isPage ? " with a web page" : ""}`);
}

function digestOfManifest(place: Place, { headers, body }: Answer): string {
  const type = headers.get("content-type")?.split(";")[0] ?? "";
  if (!manifestTypes.includes(type)) {
    throw unexpected(place, `answers with ${type || "something without a type"}`);
  }
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}
