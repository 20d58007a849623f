import { execa } from "execa";
import { UserError } from "../../contract";
import { causeOf } from "../cause";
import { deployed } from "../deployed";
import { httpClient } from "../http-client";
import { demoLogin } from "../login";
import { project } from "../project";
import { serving } from "../serving";

/**
 * Runs a command against a preview, without a shell. By number it gets the login of the preview's Secret; by URL, where
 * there is no cluster to ask, what the caller's own PREVIEW_USERNAME and PREVIEW_PASSWORD say.
 */
export async function test(target: number | string, [command = "", ...args]: string[]): Promise<void> {
  const variables = typeof target === "string" ? { PREVIEW_URL: target } : await variablesOf(target);
  await serving(variables.PREVIEW_URL, { dispatcher: httpClient(), report: console.error });
  const result = await execa(command, args, { env: variables, stdio: "inherit", reject: false });
  if (result.exitCode === undefined) {
    throw new UserError(causeOf(command, result));
  }
  process.exitCode = result.exitCode;
}

async function variablesOf(pullRequest: number) {
  const preview = await deployed(project(), pullRequest);
  const login = await demoLogin(preview);
  return {
    PREVIEW_URL: preview.url,
    ...(login && { PREVIEW_USERNAME: login.username, PREVIEW_PASSWORD: login.password }),
  };
}
