import { Argument, type Command } from "@commander-js/extra-typings";
import { lasting, referenceOf, standardPartList } from "../../contract";
import { pullRequest } from "../arguments";
import { findPart, kubectlAsItIs, partNames } from "../parts";

export const addShell = (program: Command) =>
  program
    .command("shell")
    .description("open a shell in a part of a preview; in the database its client")
    .argument("<number>", "the pull request's number", pullRequest)
    .addArgument(new Argument("<part>").choices(partNames(lasting(standardPartList))))
    .argument("[command...]", "after --: run this instead")
    .action(async (number, name, command) => {
      const { part, place } = await findPart(number, name);
      const isDatabase = part.role === "database";
      const words = command.length > 0 ? command : [isDatabase ? "psql" : "sh"];
      const terminal = process.stdin.isTTY ? ["--stdin", "--tty"] : ["--stdin"];
      const prefix = isDatabase ? inDatabase : [];
      const args = [...place, "exec", ...terminal, referenceOf(part), "--", ...prefix, ...words];
      process.exitCode = await kubectlAsItIs(args);
    });

/** So that psql, pg_dump and their like find the product's database without being told. */
const inDatabase = ["sh", "-c", 'export PGUSER="$POSTGRES_USER" PGDATABASE="$POSTGRES_DB"; exec "$@"', "sh"];
