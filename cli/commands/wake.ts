import type { Command } from "@commander-js/extra-typings";
import { existingPreview } from "../../lifecycle/inventory/preview";
import { wake } from "../../lifecycle/sleep";
import { pullRequest } from "../arguments";
import { print } from "../output/print";
import { reportingWorkspace } from "../workspace";

export const addWake = (program: Command) =>
  program
    .command("wake")
    .description("wake a sleeping preview and wait until it serves")
    .argument("<number>", "the pull request number", pullRequest)
    .action(async (number) => {
      const preview = await existingPreview(reportingWorkspace(), number);
      const { origin } = preview.identity.names;
      const state = await wake(preview);
      print(state === "awake" ? `preview ready: ${origin}` : `${origin} was put to sleep again by another run`);
    });
