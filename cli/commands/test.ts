import { execa } from "execa";
import { UserError } from "../../contract";
import { causeOf } from "../../clients/process/cause";
import { deployed } from "../../lifecycle/inventory/deployed";
import { httpClient } from "../../clients/http/client";
import { interruption } from "../interruption";
import { demoLogin } from "../../verify/demo-login";
import { say } from "../output/print";
import { project } from "../project";
import { serving } from "../../clients/http/serving";
import { webIsReady } from "../../lifecycle/workloads";

/**
 * Runs a command against a preview, without a shell. By number it gets the login of the preview's Secret; by URL, where
 * there is no cluster to ask, what the caller's own PREVIEW_USERNAME and PREVIEW_PASSWORD say.
 */
export async function test(target: number | string, [command = "", ...args]: string[]): Promise<void> {
  const preview = typeof target === "string" ? { url: target } : await deployed(project(), target);
  const place = "namespace" in preview ? preview : undefined;
  const login = place && (await demoLogin(place));
  await serving(preview.url, {
    dispatcher: httpClient(),
    webIsReady: place && (() => webIsReady(place)),
    signal: interruption,
    report: say,
  });
  const variables = {
    PREVIEW_URL: preview.url,
    ...(login && { PREVIEW_USERNAME: login.username, PREVIEW_PASSWORD: login.password }),
  };
  const result = await execa(command, args, { env: variables, stdio: "inherit", reject: false });
  if (result.exitCode === undefined) {
    throw new UserError(causeOf(command, result));
  }
  process.exitCode = result.exitCode;
}
