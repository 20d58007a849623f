import { UserError } from "../../contract";
import { embeddedVariables } from "../variables";
import { isBuilt } from "../toolchain";

/** Prints the variables with which `pulumi` and `kubectl` use the embedded default. */
export function env(): void {
  if (!isBuilt("pulumi") || !isBuilt("node")) {
    throw new UserError("the toolchain isn't built on this machine; run npm start, which builds it");
  }
  for (const [name, value] of Object.entries(embeddedVariables())) {
    console.log(`export ${name}=${quoted(name === "PATH" ? withoutNpm(value) : value)}`);
  }
}

/** Without what `npm run` puts before the shell's own PATH: every node_modules/.bin from here up to /, also below /tmp. */
const withoutNpm = (path: string) =>
  path
    .split(":")
    .filter((folder) => !/\/(?:node_modules\/\.bin|node-gyp-bin)$/.test(folder))
    .join(":");

/** Quotes text for a POSIX shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
