import { join } from "node:path";
import { checkout } from "../../local/paths";
import { onSharedPreviews } from "../../local/testing/suites";

// One file for mocha, which gives each a process of its own: so they find the same previews up.
for (const file of onSharedPreviews) {
  describe(file, () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    require(join(checkout, file));
  });
}
