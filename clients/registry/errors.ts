import { UserError } from "../../contract";
import type { Login } from "./login";
import type { Place } from "./place";
import { type Answer, NoAnswer } from "./requests";
import { retryAfter } from "./retry-after";

/** The registry, or the server of its tokens, refuses: 401, 403, or 429 for longer than is waited. */
export class Refused extends Error {
  constructor(
    readonly answer: Pick<Answer, "status" | "headers">,
    readonly login: Login | undefined,
  ) {
    super(`it answers ${answer.status}`);
  }
}

const asked = ({ host, image }: Place) => `the registry ${host}, asked for the image ${image},`;

/** Turns a failure into its meaning and the next step. */
export function explain(error: unknown, place: Place): unknown {
  if (error instanceof NoAnswer) {
    return new UserError(
      `${asked(place)} can't be reached (${error.host}: ${error.message}): ` +
        "check the image's name and that this machine can reach the registry, then try again",
      { cause: error },
    );
  }
  return error instanceof Refused
    ? new UserError(`${asked(place)} answers ${error.answer.status}: ${advice(error, place)}`, { cause: error })
    : error;
}

function advice({ answer, login }: Refused, { host }: Place): string {
  if (answer.status === 429) {
    return `too many requests; try again in ${retryAfter(answer.headers)} s`;
  }
  if (login === undefined) {
    return `it was asked without a login; check the image's name and, if it is private, run docker login ${host} first`;
  }
  return (
    `the login ${login.username} (${login.source}) isn't accepted or may not pull that image; ` +
    `run docker login ${host} with one that may`
  );
}

/**
 * An answer that isn't one of a registry.
 *
 * @param does what the registry does: `answers 404 with a web page`
 */
export const unexpected = (place: Place, does: string): UserError =>
  new UserError(`${asked(place)} ${does}, which wasn't expected: check that ${place.host} is an image registry`);

/** A 5xx, several times in a row. */
export const failing = (place: Place, who: string, status: number): UserError =>
  new UserError(`${asked(place)} can't say: ${who} keeps answering ${status}; try again later`);
