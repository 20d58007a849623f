import { homedir } from "node:os";
import { join } from "node:path";

/** The checkout that this file belongs to. */
export const checkout = join(__dirname, "..");

const isRoot = process.getuid?.() === 0;

/**
 * What can be made again: toolchain, image archives, base images. Outside every checkout, so that a second clone
 * builds nothing. `$XDG_CACHE_HOME/preview-stack`, by default `~/.cache/preview-stack`.
 */
export const cacheDir = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "preview-stack");

/**
 * What belongs to this machine's one embedded cluster: the node's data, Pulumi's state and home, stack configuration,
 * logs. `$XDG_STATE_HOME/preview-stack`; without it `/var/lib/preview-stack` for root, `~/.local/state/preview-stack`
 * for others.
 */
export const stateDir = process.env.XDG_STATE_HOME
  ? join(process.env.XDG_STATE_HOME, "preview-stack")
  : isRoot
    ? "/var/lib/preview-stack"
    : join(homedir(), ".local/state/preview-stack");

/** Sockets and process ids: short paths, gone after a reboot. */
export const runtimeDir = "/run/preview-stack";

export const logDir = join(stateDir, "log");
