const { homedir } = require("node:os");
const { join } = require("node:path");

const isRoot = process.getuid?.() === 0;

/**
 * What belongs to this machine's one embedded cluster: the node's data, Pulumi's state and home, stack configuration,
 * logs. `$XDG_STATE_HOME/preview-stack`; without it `/var/lib/preview-stack` for root, `~/.local/state/preview-stack`
 * for others. In plain JavaScript for `bootstrap.mjs`.
 */
const stateDir = process.env.XDG_STATE_HOME
  ? join(process.env.XDG_STATE_HOME, "preview-stack")
  : isRoot
    ? "/var/lib/preview-stack"
    : join(homedir(), ".local/state/preview-stack");

module.exports = { stateDir };
