import { homedir } from "node:os";
import { join } from "node:path";
import { stateDir } from "./state-dir.cjs";

export { stateDir };

/** The checkout that this file belongs to. */
export const checkout = join(__dirname, "..");

/**
 * What can be recreated: toolchain, image archives, base images. Outside of the checkout, so that a second clone builds nothing.
 * `$XDG_CACHE_HOME/preview-stack`, by default `~/.cache/preview-stack`.
 */
export const cacheDir = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "preview-stack");

/** Sockets and process ids: short paths, gone after a reboot. */
export const runtimeDir = "/run/preview-stack";

export const logDir = join(stateDir, "log");
