import type { Zone } from "../../clients/dns";
import type { Namespace } from "../../clients/kubernetes/namespace";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import type { LockOptions } from "../../clients/pulumi/stack-lock";
import type { Identity } from "../inventory/identity";

export interface CloseOptions extends LockOptions {
  readonly context: PulumiContext;
  readonly identity: Identity;
  /** Undefined if previews have no DNS records of their own. */
  readonly dns?: Zone;
  /** Whether to remove finalizers that keep objects from being deleted. @default false */
  readonly forceFinalizers?: boolean;
  /**
   * Throws if the preview is to stay after all, given its namespace. Called once the lock is free, as late as possible.
   * @default it is closed
   */
  readonly confirm?: (namespace: Namespace | undefined) => Promise<void>;
}

/** Runs an action and lists it in the receipt. */
export type Ask = <Result>(what: string, action: () => Promise<Result>) => Promise<Result>;
