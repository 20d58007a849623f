import type { Command } from "@commander-js/extra-typings";
import { losingData, partsIn, sortedNames } from "../../contract";
import { existingPreview } from "../../lifecycle/inventory/preview";
import { sleep } from "../../lifecycle/sleep";
import { pullRequest } from "../arguments";
import { print } from "../output/print";
import { report, reportingWorkspace } from "../workspace";

export const addSleep = (program: Command) =>
  program
    .command("sleep")
    .description("scale a preview to zero, keeping its database; a service without a volume loses its data")
    .argument("<number>", "the pull request number", pullRequest)
    .action(async (number) => {
      const preview = await existingPreview(reportingWorkspace(), number);
      const losing = sortedNames(losingData(partsIn(preview.deployment.outputs)));
      if (losing.length > 0) {
        report(`the data of ${losing.join(", ")} is lost: no volume keeps it while the preview sleeps`);
      }
      await sleep(preview);
      print(`${preview.identity.names.origin} is asleep; preview wake ${number} wakes it`);
    });
