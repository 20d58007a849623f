import { execaSync } from "execa";
import { UserError } from "../../contract";

/**
 * The flags of all builds. Go's cache depends on them, so a change recompiles everything. Optimization stays on: without it the
 * build is 15 % faster, but the programs are slower.
 */
export const buildFlags = ["-trimpath", "-buildvcs=false", "-mod=readonly"];

/** The linker's flags for all programs: no symbol table, no debugging information. */
export const linkerFlags = ["-s", "-w"];

/**
 * Go's environment: with the user's GOPROXY, GOMODCACHE and GOCACHE, but without GOFLAGS and workspaces, which would change the
 * result. (An empty GOFLAGS would fall back to that of `go env -w`.)
 */
export const goEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  CGO_ENABLED: "0",
  GOFLAGS: "-mod=readonly",
  GOWORK: "off",
  // Less frequent garbage collection in the compiler saves a quarter of the time, at the cost of memory.
  GOGC: "800",
};

let known: string | undefined;

/** Go's major and minor version, `1.26`. A patch release isn't worth a rebuild of half an hour. */
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
    throw new UserError("go is not on PATH, and building the toolchain needs it: install Go 1.26 or later from go.dev");
  }
  return release;
}
