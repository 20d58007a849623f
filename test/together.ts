import { join, relative } from "node:path";
import { checkout, filesIn } from "../embedded";

/** Loads the files of a bundle as one file: mocha gives each file to a process that has time. */
export function together(bundle: string): void {
  for (const file of filesIn(relative(checkout, bundle))) {
    describe(file, () => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      require(join(checkout, file));
    });
  }
}
