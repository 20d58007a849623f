import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretsProvider } from "../../lifecycle/backend";

describe("the key of the previews' secrets", () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-backend-"));
  after(() => rmSync(folder, { recursive: true }));
  const provider = (content?: string) => {
    if (content !== undefined) {
      writeFileSync(join(folder, "Pulumi.preview.yaml"), content);
    }
    return secretsProvider({ project: folder, env: {}, onLine: () => undefined });
  };

  it("is that of the stack preview, and a passphrase where that names none", () => {
    assert.equal(provider(), undefined);
    assert.equal(provider(""), undefined);
    assert.equal(provider("encryptionsalt: v1:a\nconfig: {}\n"), undefined);
    assert.equal(provider("secretsprovider: awskms://alias/previews\nconfig: {}\n"), "awskms://alias/previews");
  });
});
