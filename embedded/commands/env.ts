import { UserError } from "../../contract";
import { embeddedVariables } from "../variables";
import { isBuilt } from "../toolchain";

/** Prints the assignments that turn a shell into one in which `pulumi` and `kubectl` work on the embedded default. */
export function env(): void {
  if (!isBuilt("pulumi") || !isBuilt("node")) {
    throw new UserError("the toolchain isn't built on this machine; npm start builds it");
  }
  for (const [name, value] of Object.entries(embeddedVariables())) {
    console.log(`export ${name}=${quoted(value)}`);
  }
}

/** A word of a POSIX shell that means the text itself. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
