import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A stand-in for `kubectl` during a suite: a shell script, before which each call's arguments are noted in a line. */
export interface FakeKubectl {
  answers(script: string): void;
  /** The calls since the last script was set. */
  calls(): string[];
}

export function fakeKubectl(): FakeKubectl {
  const folder = mkdtempSync(join(tmpdir(), "preview-kubectl-"));
  const [program, log] = [join(folder, "kubectl"), join(folder, "log")];
  const { PATH } = process.env;
  before(() => {
    process.env.PATH = `${folder}:${PATH}`;
  });
  after(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true });
  });
  return {
    answers: (script) => {
      writeFileSync(log, "");
      writeFileSync(program, `#!/bin/sh\necho "$*" >> '${log}'\n${script}\n`);
      chmodSync(program, 0o700);
    },
    calls: () => readFileSync(log, "utf8").trimEnd().split("\n"),
  };
}
