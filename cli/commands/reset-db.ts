import type { Command } from "@commander-js/extra-typings";
import { hasMigration, partsIn } from "../../contract";
import { existingPreview } from "../../lifecycle/inventory/preview";
import { generationOf, resetDatabase } from "../../lifecycle/reset-database";
import { pullRequest } from "../arguments";
import { print } from "../output/print";
import { report, reportingWorkspace } from "../workspace";

export const addResetDatabase = (program: Command) =>
  program
    .command("reset-db")
    .description("replace the database with an empty one, migrated and seeded; what reviewers have entered is lost")
    .argument("<number>", "the pull request number", pullRequest)
    .option("--dry-run", "show what would change and change nothing")
    .action(async (number, { dryRun = false }) => {
      const preview = await existingPreview(reportingWorkspace(), number);
      const { stack, identity, asleep, deployment } = preview;
      const filled = hasMigration(partsIn(deployment.outputs)) ? "migrated and seeded" : "which the product migrates";
      const { origin } = identity.names;
      if (dryRun) {
        const generation = await generationOf(preview);
        print(`${stack}: would set database.generation from ${generation} to ${generation + 1} and run pulumi up:`);
        print(`the database of ${origin} would be replaced with an empty one, ${filled}. Nothing was changed.`);
        return;
      }
      report(`${stack}: replacing the database volume (usually takes 30 s)`);
      await resetDatabase(preview);
      print(
        asleep
          ? `${origin} is asleep: preview wake ${number} starts it with an empty database, ${filled}.`
          : `${origin} has a new database, ${filled}.`,
      );
    });
