import { longestBody } from "../clients/http/client";

/** Says that something can't be seen from here, and why: never a pass. */
export class NotChecked extends Error {}

/** A body that is longer than any that is read. What it holds can't be seen. */
export class TooLong extends NotChecked {
  constructor(whose: string) {
    super(`${whose} answers with more than ${longestBody / 2 ** 20} MiB, which is not read`);
  }
}
