import type { Session } from "./types";

/** Why the API refused a change, for the user: as a whole, and for each field. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/**
 * Sends a change to Django, through /api on the same host: an absolute URL would be built into the JavaScript.
 */
export async function send<Answer>(method: "POST" | "DELETE", path: string, data?: object): Promise<Answer> {
  try {
    // Asked for each time, because a login in another tab changes it.
    const { csrf_token } = await read<Session>(await fetch("/api/session/"));
    const answer = await fetch(`/api${path}`, {
      method,
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf_token },
      body: data && JSON.stringify(data),
    }).catch(() => {
      throw new Refused("No answer came back. It may have been done all the same: look before you try again.");
    });
    return await read<Answer>(answer);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused("The order desk can’t be reached. Check your connection and try again.");
  }
}

async function read<Answer>(answer: Response): Promise<Answer> {
  const content: unknown = await answer.json().catch(() => undefined);
  if (answer.ok && content !== undefined) return content as Answer;
  throw refusal(content);
}

function refusal(content: unknown): Refused {
  const unknown = "Something went wrong at our end. Look whether it was done before you try again.";
  if (typeof content !== "object" || content === null) return new Refused(unknown);
  const { detail, non_field_errors: whole, ...fields } = content as Record<string, string | string[]>;
  const words = Object.entries(fields).map(([name, text]) => [name, [text].flat().join(" ")]);
  const message = [detail ?? whole ?? []].flat().join(" ");
  return new Refused(
    message || (words.length > 0 ? "Please check the marked fields." : unknown),
    Object.fromEntries(words),
  );
}
