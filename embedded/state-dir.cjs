const { homedir } = require("node:os");
const { join } = require("node:path");

const isRoot = process.getuid?.() === 0;

/**
 * The state of this machine's embedded cluster: the node's data, Pulumi's state and home, stack configuration, logs.
 * `$XDG_STATE_HOME/preview-stack`, by default `/var/lib/preview-stack` for root and `~/.local/state/preview-stack` for other
 * users. In plain JavaScript for `bootstrap.mjs`.
 */
const stateDir = process.env.XDG_STATE_HOME
  ? join(process.env.XDG_STATE_HOME, "preview-stack")
  : isRoot
    ? "/var/lib/preview-stack"
    : join(homedir(), ".local/state/preview-stack");

module.exports = { stateDir };
