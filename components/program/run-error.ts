import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../contract";

/** Shows a UserError without a stack trace, which Pulumi prints for every error except its own RunError. */
export async function withoutStackTrace<Result>(program: () => Promise<Result>): Promise<Result> {
  try {
    return await program();
  } catch (error) {
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  }
}
