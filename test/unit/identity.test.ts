import assert from "node:assert/strict";
import { identityFrom } from "../../lifecycle/inventory/identity";

describe("where a preview is", () => {
  const [kubeContext, domain] = ["previews", "previews.example.com"];

  const incomplete: [settings: Record<string, string>, said: string][] = [
    [{}, "settings kubeContext and domain"],
    [{ kubeContext, doman: domain }, "setting domain"],
    [{ kubecontext: kubeContext, domain }, "setting kubeContext"],
    [{ kubeContext: "", domain }, "setting kubeContext"],
  ];
  for (const [settings, said] of incomplete) {
    it(`isn't known by ${JSON.stringify(settings)}`, () => {
      assert.throws(() => identityFrom("shop", 7, settings), {
        name: "UserError",
        message:
          `pr-7 has no ${said}, so it isn't known where the preview is: what all previews share is set in ` +
          "Pulumi.preview.yaml, below config",
      });
    });
  }

  it("is known by its cluster and its domain", () => {
    const { names, ...identity } = identityFrom("shop", 7, { kubeContext, domain });
    assert.deepEqual([identity.kubeContext, names.host], [kubeContext, `pr-7.${domain}`]);
  });
});
