import type { Command } from "@commander-js/extra-typings";
import { dependencyText, type Resolved } from "../../contract";
import { safeJson, sanitizeLine } from "../../clients/process/sanitize-output";
import { type PairNow, pairNow } from "../../lifecycle/pairs";
import { commit, dependencies, pullRequest } from "../arguments";
import { print } from "../output/print";
import { workspace } from "../workspace";

/** Shows what a pull request would be previewed with. Changes nothing, and needs neither the backend nor the cluster. */
export const addResolve = (program: Command) =>
  program
    .command("resolve")
    .description("show what a pull request's preview would run of other repositories now")
    .argument("<number>", "the pull request number", pullRequest)
    .option("--with <dependencies>", "as for up", dependencies)
    .option("--sha <commit>", "the commit whose preview-overrides.yaml counts; it must be the head", commit)
    .option("--json", "print JSON, with what --with of up takes to deploy exactly this")
    .action(async (number, { with: commandLine = [], sha, json }) => {
      const now = await pairNow(workspace(), number, { sha, commandLine });
      print(json === true ? safeJson(now) : asText(now));
    });

function asText({ pair, missing, with: pins }: PairNow): string {
  const rows = [...Object.entries(pair), ...Object.entries(missing)];
  if (rows.length === 0) {
    return "no part comes from another repository: the setting sources names none";
  }
  const lines = rows.flatMap(([part, one]) => [
    `${part}  ${fromText(one)}`,
    `${" ".repeat(part.length)}  ${one.image}`,
  ]);
  const notBuilt = Object.keys(missing).map((part) => `${part}  isn't built yet`);
  return [...lines, ...notBuilt, `preview up … --with ${pins.join(",")}`].map(sanitizeLine).join("\n");
}

const fromText = (one: Resolved) => `${dependencyText(one)}${one.merged ? ", merged," : ""} at ${one.commit}`;
