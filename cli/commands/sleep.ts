import type { Command } from "@commander-js/extra-typings";
import { existingPreview } from "../../lifecycle/inventory/preview";
import { sleep } from "../../lifecycle/sleep";
import { pullRequest } from "../arguments";
import { print } from "../output/print";
import { reportingWorkspace } from "../workspace";

export const addSleep = (program: Command) =>
  program
    .command("sleep")
    .description("scale a preview to zero, keeping its data")
    .argument("<number>", "the pull request number", pullRequest)
    .action(async (number) => {
      const preview = await existingPreview(reportingWorkspace(), number);
      await sleep(preview);
      print(`${preview.identity.names.origin} is asleep; preview wake ${number} wakes it`);
    });
