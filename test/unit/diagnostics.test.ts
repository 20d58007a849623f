import assert from "node:assert/strict";
import { diagnostics } from "../../lifecycle/pulumi";

describe("diagnostics", () => {
  it("are the errors that pulumi sums up, without progress and counts", () => {
    const output = [
      "Updating (pr-1):",
      " +  kubernetes:batch/v1:Job pr-1-api-migration **creating failed**",
      "Diagnostics:",
      "  kubernetes:batch/v1:Job (pr-1-api-migration):",
      "    error: relation does not exist",
      "",
      "Outputs:",
      '    url: "https://pr-1"',
      "Resources:",
      "    1 errored",
    ].join("\n");
    assert.equal(
      diagnostics(output, "pulumi up"),
      "pulumi up failed:\n  kubernetes:batch/v1:Job (pr-1-api-migration):\n    error: relation does not exist",
    );
  });

  it("are the last lines where pulumi sums nothing up", () => {
    assert.equal(
      diagnostics("error: no stack named 'pr-1' found", "pulumi up"),
      "pulumi up failed:\nerror: no stack named 'pr-1' found",
    );
  });
});
