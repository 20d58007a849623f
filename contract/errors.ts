/** Something that the person at the terminal can put right. Its message is all they need: no stack trace. */
export class UserError extends Error {
  override name = "UserError";
}
