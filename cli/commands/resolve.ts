import type { Command } from "@commander-js/extra-typings";
import { resolvedText } from "../../contract";
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

export function asText({ pullRequest, pair, missing, with: pins }: PairNow): string {
  const rows = [
    ...Object.entries(pair).map(([part, one]) => ({ part, one, note: "" })),
    ...Object.entries(missing).map(([part, one]) => ({ part, one, note: ", not built yet" })),
  ];
  if (rows.length === 0) {
    return "no part comes from another repository: the setting sources names none";
  }
  const width = Math.max(...rows.map(({ part }) => part.length));
  const lines = rows.flatMap(({ part, one, note }) => [
    `${part.padEnd(width)}  ${resolvedText(one)}`,
    `${" ".repeat(width)}  ${one.image}${note}`,
  ]);
  const command =
    pins.length === 0 ? [] : [`preview up ${pullRequest} … --with ${pins.join(",")} deploys exactly this`];
  return [...lines, ...command].map(sanitizeLine).join("\n");
}
