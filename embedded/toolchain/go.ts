import { execaSync } from "execa";
import { UserError } from "../../contract";

/**
 * The flags of every build. What Go's cache keeps depends on them, so a change compiles everything again.
 * Optimisation stays on: without it the build is 15 % quicker and the programs slower for good.
 */
export const buildFlags = ["-trimpath", "-buildvcs=false", "-mod=readonly"];

/** The linker's flags for all programs: no symbol table, no debugging information. */
export const linkerFlags = ["-s", "-w"];

/**
 * Go's environment: the user's GOPROXY, GOMODCACHE and GOCACHE, but not GOFLAGS or a workspace, which would change
 * what is built. (An empty GOFLAGS wouldn't do: Go then takes the one of `go env -w`.)
 */
export const goEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  CGO_ENABLED: "0",
  GOFLAGS: "-mod=readonly",
  GOWORK: "off",
  // The compiler collects its garbage seldom: a quarter off the wall time, for memory that is there.
  GOGC: "800",
};

let known: string | undefined;

/** Go's version as major and minor, `1.26`: what a patch release fixes isn't worth half an hour. */
export function goRelease(): string {
  known ??= readGoRelease();
  return known;
}

function readGoRelease(): string {
  const { stdout, failed } = execaSync("go", ["env", "GOVERSION"], {
    cwd: __dirname,
    env: goEnvironment,
    reject: false,
  });
  const release = /^go(\d+\.\d+)/.exec(stdout)?.[1];
  if (failed || release === undefined) {
    throw new UserError("the toolchain is built with Go, and `go` isn't on PATH: install Go 1.26 or later from go.dev");
  }
  return release;
}
