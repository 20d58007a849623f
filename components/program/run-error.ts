import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../contract";

/** Shows what a person can put right as a message. Pulumi prints a stack trace with every error but its own RunError. */
export async function withoutStackTrace<Result>(program: () => Promise<Result>): Promise<Result> {
  try {
    return await program();
  } catch (error) {
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  }
}
