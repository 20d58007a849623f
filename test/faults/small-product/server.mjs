import { createServer } from "node:http";
import process from "node:process";

/** As API or web, and on the ports of Redis and of a mail catcher, whose place it takes as well. */
for (const port of [process.env.PORT ?? 8000, 6379, 8025, 1025]) {
  createServer((_, response) => response.end(`${process.env.GIT_SHA}\n`)).listen(Number(port));
}
process.on("SIGTERM", () => process.exit());
