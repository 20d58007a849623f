import assert from "node:assert/strict";
import type { Answer } from "./client";

/** What may reach Django differently through the proxy, and why. */
const requestDifferences: Readonly<Record<string, string>> = {
  host: "the proxy asks for Django by its name in the network",
  connection: "of one hop",
  "keep-alive": "of one hop",
  "transfer-encoding": "of one hop",
  "x-forwarded-host": "the public host, which differs from that for direct access",
  "x-forwarded-prefix": "tells Django what was stripped",
};

/** What may reach the browser differently, and why. */
const responseDifferences: Readonly<Record<string, string>> = {
  connection: "of one hop",
  "keep-alive": "of one hop",
  "transfer-encoding": "of one hop",
  date: "the time",
};

export interface Echo {
  readonly method: string;
  readonly target: string;
  readonly path_info: string;
  readonly query: string;
  readonly headers: Record<string, string>;
  readonly digest: string;
  readonly length: number;
  readonly absolute: string;
  readonly url: string;
}

/** Fails unless two responses are the same, except for what a proxy must change. */
export function assertSameAnswer(proxied: Answer, direct: Answer): void {
  const comparable = ({ status, headers, length, digest }: Answer) => ({
    status,
    length,
    digest,
    headers: without(responseDifferences, headers),
  });
  assert.deepEqual(comparable(proxied), comparable(direct));
}

/** Fails unless Django got the same request twice, except for what a proxy must change. */
export function assertSameRequest(proxied: Echo, direct: Echo, mode: "strip" | "keep"): void {
  const comparable = ({ method, path_info, query, digest, length, headers }: Echo) => ({
    method,
    path_info,
    query,
    digest,
    length,
    headers: without(requestDifferences, headers),
  });
  assert.deepEqual(comparable(proxied), comparable(direct));
  assert.equal(proxied.target, mode === "keep" ? `/api${direct.target}` : direct.target);
}

function without(differences: Readonly<Record<string, string>>, headers: Readonly<Record<string, unknown>>) {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(lower.filter(([name]) => !(name in differences)));
}

export const echoOf = ({ text }: Answer): Echo => JSON.parse(text) as Echo;
