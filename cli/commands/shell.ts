import type { Command } from "@commander-js/extra-typings";
import { containerOf, longRunning, referenceOf } from "../../contract";
import { pullRequest } from "../arguments";
import { findPart, kubectlPassthrough } from "../parts";

export const addShell = (program: Command) =>
  program
    .command("shell")
    .description("open a shell in one part of a preview (psql in the database)")
    .argument("<number>", "the pull request number", pullRequest)
    .argument("<part>", "api, web, db, or a service of the preview's")
    .argument("[command...]", "after --: the command to run instead, such as python manage.py shell")
    .usage("<number> <part> [-- <command>]")
    .showHelpAfterError("A command to run goes after --: preview shell 123 api -- python -c 'print(1)'")
    .action(async (number, name, command) => {
      const { part, namespaceOptions } = await findPart(number, name, longRunning);
      const isDatabase = part.role === "database";
      const words = command.length > 0 ? command : [isDatabase ? "psql" : "sh"];
      const terminal = process.stdin.isTTY ? ["--stdin", "--tty"] : ["--stdin"];
      const prefix = isDatabase ? withPostgresVariables : [];
      const container = ["--container", containerOf(part)];
      const args = [
        ...namespaceOptions,
        "exec",
        ...terminal,
        referenceOf(part),
        ...container,
        "--",
        ...prefix,
        ...words,
      ];
      process.exitCode = await kubectlPassthrough(args);
    });

/** Lets psql, pg_dump and the like find the product's database without options. */
const withPostgresVariables = ["sh", "-c", 'export PGUSER="$POSTGRES_USER" PGDATABASE="$POSTGRES_DB"; exec "$@"', "sh"];
