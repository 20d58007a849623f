import type { types } from "@pulumi/kubernetes";
import { escapeDollars } from "./escape-dollars";

type Container = types.input.core.v1.Container;

export const unprivileged = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/**
 * For a container that runs as root: what an entrypoint needs that gives folders to another user and goes on as that user, and a
 * server that listens on port 80. Pod Security "baseline" admits these; NET_RAW, which container runtimes add, is left out, because
 * a pod with it can pretend to be another.
 */
const rootCapabilities = {
  drop: ["ALL"],
  add: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"],
};

/** A container whose command and arguments are literal: Kubernetes doesn't expand `$(NAME)` in them. */
type OwnContainer = Omit<Container, "command" | "args"> & {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** @default true */
  readonly readOnlyRoot?: boolean;
  /** Whether its user is root. @default false */
  readonly asRoot?: boolean;
};

/** The container that every workload starts from: unprivileged, on a read-only root. */
export function container({ command, args, readOnlyRoot = true, asRoot = false, ...own }: OwnContainer): Container {
  return {
    securityContext: {
      ...unprivileged,
      readOnlyRootFilesystem: readOnlyRoot,
      ...(asRoot && { capabilities: rootCapabilities }),
    },
    // Never from the log, which may contain a secret: Pulumi keeps a failed pod's status in its state, in plain text.
    terminationMessagePolicy: "File",
    ...own,
    ...(command && { command: command.map(escapeDollars) }),
    ...(args && { args: args.map(escapeDollars) }),
  };
}
