import type { Command } from "@commander-js/extra-typings";
import { execa } from "execa";
import { UserError } from "../../contract";
import { previewClient } from "../../clients/http/client";
import { waitUntilServing } from "../../clients/http/serving";
import { frontIsReady } from "../../clients/kubernetes/rollout/rolled-out";
import { causeOf } from "../../clients/process/cause";
import { interruption } from "../../clients/process/interruption";
import { deployedAwake } from "../../lifecycle/inventory/deployed";
import { demoLogin } from "../../verify/demo-login";
import { target } from "../arguments";
import { say } from "../output/print";
import { workspace } from "../workspace";

/**
 * Runs a command against a preview, without a shell. By number, the command gets the login from the preview's Secret; by URL,
 * where there is no cluster to ask, it inherits the caller's PREVIEW_USERNAME and PREVIEW_PASSWORD.
 */
export const addTest = (program: Command) =>
  program
    .command("test")
    .description("run a command against a preview once it serves; exits with the command's exit code")
    .argument("<preview>", "the pull request number, or the URL of any preview", target)
    .argument("<command...>", "after --: the command, which gets PREVIEW_URL, PREVIEW_USERNAME and PREVIEW_PASSWORD")
    .usage("<number | url> -- <command>")
    .showHelpAfterError("The command goes after --: preview test 123 -- npm run e2e")
    .action(async (preview, [command = "", ...args]) => {
      const known = typeof preview === "string" ? { url: preview } : await deployedAwake(workspace(), preview);
      const place = "namespace" in known ? known : undefined;
      const login = place && (await demoLogin(place));
      await waitUntilServing(known.url, {
        dispatcher: previewClient([known.url]),
        frontIsReady: place && (() => frontIsReady(place, place.parts)),
        signal: interruption,
        report: say,
      });
      const variables = {
        PREVIEW_URL: known.url,
        ...(login && { PREVIEW_USERNAME: login.username, PREVIEW_PASSWORD: login.password }),
      };
      const result = await execa(command, args, { env: variables, stdio: "inherit", reject: false });
      if (result.exitCode === undefined) {
        throw new UserError(causeOf(command, result));
      }
      process.exitCode = result.exitCode;
    });
