import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { deadLocks, secretsProvider } from "../../clients/pulumi/backend";

describe("the key of the previews' secrets", () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-backend-"));
  after(() => rmSync(folder, { recursive: true }));
  const provider = (content?: string) => {
    if (content !== undefined) {
      writeFileSync(join(folder, "Pulumi.preview.yaml"), content);
    }
    return secretsProvider({ project: folder, env: {}, onLine: () => undefined, report: () => undefined });
  };

  it("is the stack preview's, or a passphrase when that names none", () => {
    assert.equal(provider(), undefined);
    assert.equal(provider(""), undefined);
    assert.equal(provider("encryptionsalt: v1:a\nconfig: {}\n"), undefined);
    assert.equal(provider("secretsprovider: awskms://alias/previews\nconfig: {}\n"), "awskms://alias/previews");
  });
});

describe("a stack's locks in a folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-locks-"));
  after(() => rmSync(folder, { recursive: true }));
  const lock = (name: string, content: object | string) => {
    const file = join(folder, name);
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  };

  it("counts as dead only a lock whose process has ended on this machine", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    const atWork = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "pulumi"]);
    try {
      await once(atWork, "spawn");
      const gone = { pid: child.pid, hostname: hostname() };
      const dead = [
        lock("dead.json", gone),
        lock("dead.json.attrs", {}),
        lock("killed-while-written.json.1.tmp", gone),
        lock("killed-while-given-back.json.attrs", {}),
      ];
      const others = [
        lock("at-work.json", { pid: atWork.pid, hostname: hostname() }),
        lock("elsewhere.json", { pid: child.pid, hostname: "another" }),
        lock("being-written.json", ""),
        lock("begun.json.2.tmp", ""),
        lock("begun.json.attrs", {}),
        lock("at-work.json.attrs", {}),
        join(folder, "given-back.json"),
      ];
      assert.deepEqual(deadLocks([...others, ...dead]), dead);
    } finally {
      atWork.kill("SIGKILL");
    }
  });
});
