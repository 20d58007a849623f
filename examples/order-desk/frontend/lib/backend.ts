import "server-only";
import { headers } from "next/headers";
import { cache } from "react";
import type { Session } from "./types";

const TIMEOUT_MS = 5_000;

/**
 * Asks Django from the server, as the visitor: their cookies go along. Undefined if there is no answer, or a bad one;
 * the reason is in the log. What several parts of a page need is asked for once.
 */
export const backend = cache(async <Answer>(path: string): Promise<Answer | undefined> => {
  const cookie = (await headers()).get("cookie");
  try {
    const answer = await fetch(new URL(path, process.env.INTERNAL_API_URL), {
      cache: "no-store",
      headers: { Accept: "application/json", ...(cookie && { Cookie: cookie }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return (await answer.json()) as Answer;
  } catch (error) {
    // `fetch` itself only says that it failed; why is in the cause.
    const reason = error instanceof Error ? (error.cause ?? error) : error;
    console.error(`${path} at INTERNAL_API_URL: ${String(reason)}`);
    return undefined;
  }
});

export const currentSession = () => backend<Session>("/session/");
