import type { types } from "@pulumi/kubernetes";
import { escapeDollars } from "./escape-dollars";

type Container = types.input.core.v1.Container;

export const unprivileged = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** A container whose command and arguments are literal: Kubernetes doesn't expand `$(NAME)` in them. */
type OwnContainer = Omit<Container, "command" | "args"> & {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** @default true */
  readonly readOnlyRoot?: boolean;
};

/** The container that every workload starts from: unprivileged, on a read-only root. */
export function container({ command, args, readOnlyRoot = true, ...own }: OwnContainer): Container {
  return {
    securityContext: { ...unprivileged, readOnlyRootFilesystem: readOnlyRoot },
    // Never from the log, which may contain a secret: Pulumi keeps a failed pod's status in its state, in plain text.
    terminationMessagePolicy: "File",
    ...own,
    ...(command && { command: command.map(escapeDollars) }),
    ...(args && { args: args.map(escapeDollars) }),
  };
}
