import { createHash } from "node:crypto";

interface Manifest {
  readonly mediaType: string;
  config: { readonly mediaType: string; digest: string; size: number };
}

/**
 * Tags an image once more, with the new tag as a label, by the distribution API.
 *
 * @param repository `http://127.0.0.1:12345/v2/myorg/api`
 * @returns its new digest
 */
export async function relabel(repository: string, from: string, tag: string): Promise<string> {
  const accept = ["application/vnd.docker.distribution.manifest.v2+json", "application/vnd.oci.image.manifest.v1+json"];
  const former = await ask(`${repository}/manifests/${from}`, { headers: { accept: accept.join(", ") } });
  const manifest = (await former.json()) as Manifest;
  const config = (await (await ask(`${repository}/blobs/${manifest.config.digest}`)).json()) as { config: object };
  const labelled = Buffer.from(JSON.stringify({ ...config, config: { ...config.config, Labels: { tag } } }));
  const digest = digestOf(labelled);
  await upload(repository, labelled, digest);
  const body = JSON.stringify({ ...manifest, config: { ...manifest.config, digest, size: labelled.length } });
  const headers = { "content-type": former.headers.get("content-type")! };
  await ask(`${repository}/manifests/${tag}`, { method: "PUT", headers, body });
  return digestOf(body);
}

const digestOf = (content: string | Buffer) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

async function upload(repository: string, content: Buffer<ArrayBuffer>, digest: string): Promise<void> {
  const session = await ask(`${repository}/blobs/uploads/`, { method: "POST" });
  const target = new URL(session.headers.get("location")!, repository);
  target.searchParams.set("digest", digest);
  await ask(target.href, { method: "PUT", headers: { "content-type": "application/octet-stream" }, body: content });
}

async function ask(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.ok) {
    throw new Error(`${init?.method ?? "GET"} ${url}: ${response.status} ${await response.text()}`);
  }
  return response;
}
