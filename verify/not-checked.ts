import { longestBody } from "../clients/http/client";

/** Why something can't be checked from here. It never counts as passed. */
export class NotChecked extends Error {}

/** A server error. It fails the check that is about it; the others just can't run. */
export class ServerFailed extends NotChecked {}

/** A body exceeds the limit, so that its content wasn't checked. */
export class TooLong extends NotChecked {
  constructor(whose: string) {
    super(`${whose} answers with more than ${longestBody / 2 ** 20} MiB, which is not read`);
  }
}
