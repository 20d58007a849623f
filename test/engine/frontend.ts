import { execa } from "execa";
import { join } from "node:path";

let installing: Promise<string> | undefined;

/** The reference product's web, with its packages installed: once, however many suites ask for it. */
export function frontend(): Promise<string> {
  const cwd = join(__dirname, "../../examples/order-desk/frontend");
  installing ??= execa("npm", ["ci", "--no-audit", "--no-fund"], { cwd }).then(() => cwd);
  return installing;
}
