import { createServer } from "node:http";
import process from "node:process";

createServer((_, response) => response.end(`${process.env.GIT_SHA}\n`)).listen(Number(process.env.PORT ?? 8000));
process.on("SIGTERM", () => process.exit());
