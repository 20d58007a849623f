import type { CodeHost } from "../clients/code-host";
import { interruption } from "./interruption";
import type { LockOptions } from "../clients/pulumi/stack-lock";
import type { ExistingPreview } from "../lifecycle/inventory/preview";
import { report } from "./project";
import type { PulumiContext } from "../clients/pulumi/pulumi";
import { endedRun } from "../lifecycle/runs";
import { codeHostIfAny } from "./code-host";

/** How a command waits for a stack's lock: until Ctrl-C, and no longer than until the run that took it is known to have ended. */
export const lockOptions = (
  context: PulumiContext,
  stack: string,
  codeHost: CodeHost | undefined,
): Pick<LockOptions, "report" | "hasEnded" | "signal"> => ({
  report,
  hasEnded: endedRun(context, stack, codeHost),
  signal: interruption,
});

/** The same for the preview that a command changes. */
export const lockOptionsOf = ({ context, stack, identity }: ExistingPreview) =>
  lockOptions(context, stack, codeHostIfAny(identity.owner.repository));
