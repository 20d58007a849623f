/** An error that the user can fix. Its message suffices: it is shown without a stack trace. */
export class UserError extends Error {
  override name = "UserError";
}
