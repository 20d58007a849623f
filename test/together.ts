import { join, relative } from "node:path";
import { checkout, filesIn } from "../embedded";

/** Loads a bundle's files as one file, since mocha gives each file to any free process. */
export function together(bundle: string): void {
  for (const file of filesIn(relative(checkout, bundle))) {
    describe(file, () => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      require(join(checkout, file));
    });
  }
}
