import { UserError } from "../../contract";
import { embeddedVariables } from "../environment";
import { refreshLinks } from "../stack-files";
import { ensureModule, isBuilt } from "../toolchain";

/** Prints the assignments that turn a shell into one in which `pulumi` and `kubectl` work on the embedded default. */
export async function env(): Promise<void> {
  if (!isBuilt("pulumi") || !isBuilt("node")) {
    throw new UserError("the toolchain isn't built on this machine; npm start builds it");
  }
  const silent = () => undefined;
  const programs = { pulumi: await ensureModule("pulumi", silent), node: await ensureModule("node", silent) };
  refreshLinks();
  for (const [name, value] of Object.entries(embeddedVariables(programs))) {
    console.log(`export ${name}=${quoted(value)}`);
  }
}

/** A word of a POSIX shell that means the text itself. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
