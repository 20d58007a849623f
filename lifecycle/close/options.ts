import type { Zone } from "../../clients/dns";
import type { Namespace } from "../../clients/kubernetes/namespace";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import type { LockOptions } from "../../clients/pulumi/stack-lock";
import type { Identity } from "../inventory/identity";

export interface CloseOptions extends LockOptions {
  readonly context: PulumiContext;
  readonly identity: Identity;
  /** Undefined where previews have no record of their own. */
  readonly dns?: Zone;
  /** Lets objects go whose finalizers nobody takes away. @default false */
  readonly forceFinalizers?: boolean;
  /**
   * Throws where the preview, whose namespace is as given, is to stay after all. Asked as late as can be: another run, which
   * holds the lock, may have been waited for. @default it is to go
   */
  readonly confirm?: (namespace: Namespace | undefined) => Promise<void>;
}

/** Does something that the receipt says was asked for. */
export type Ask = <Result>(what: string, action: () => Promise<Result>) => Promise<Result>;
