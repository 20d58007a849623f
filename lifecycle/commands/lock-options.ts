import type { CodeHost } from "../code-host";
import { interruption } from "../interruption";
import type { LockOptions } from "../lock";
import type { ExistingPreview } from "../preview";
import { report } from "../project";
import type { PulumiContext } from "../pulumi";
import { endedRun } from "../runs";
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
