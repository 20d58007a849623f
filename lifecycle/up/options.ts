import type { DeploymentRecord, Leaves } from "../../contract";
import type { CodeHost } from "../../clients/code-host";
import type { Composition } from "../../clients/pulumi/configuration/hand-over";
import type { LockOptions } from "../../clients/pulumi/stack-lock";
import type { Product } from "../../verify/product";
import type { Report } from "../../verify/run-checks";
import type { Deployed } from "../inventory/deployed";
import type { Identity } from "../inventory/identity";
import type { Workspace } from "../workspace";
import type { Phases } from "./stopwatch";

export interface UpOptions extends LockOptions {
  readonly context: Workspace;
  readonly pullRequest: number;
  /** Whether the backend has the stack `preview`. */
  readonly hasShared: boolean;
  /** Whether this checkout's file says something about it, and shows afterwards what was deployed. */
  readonly usesFile: boolean;
  /** What the command sets, by path, `api.image`. */
  readonly given: Leaves;
  /** The commit to deploy; with a code host an older one than the pull request's head steps aside. */
  readonly sha?: string;
  /** Undefined when nobody can be asked about the pull request. */
  readonly codeHost?: CodeHost;
  /** What the contract check needs to know. @default none is made */
  readonly product?: Product;
  /** Whether the database gives way to an empty one. @default false */
  readonly replaceDatabase?: boolean;
  /** The folder for a picture of each of the product's pages. @default none is taken */
  readonly screenshots?: string;
}

export type UpResult =
  | { readonly outcome: "stepped aside"; readonly reason: string }
  | {
      readonly outcome: "up";
      readonly preview: Omit<Deployed, "parts">;
      readonly asleep: boolean;
      readonly checks?: Report;
      /** The files, where there are any. */
      readonly screenshots?: readonly string[];
      readonly seconds: Phases;
    };

/** How far a run has come. */
export interface Progress {
  readonly identity: Identity;
  /** What it is to deploy. */
  readonly composition: Composition;
  /** What was deployed when it looked last. */
  seen?: DeploymentRecord;
  /** The id of its update, once that is made. */
  update?: string;
  /** What that is, once it is recorded. */
  deployed?: UpResult & { readonly outcome: "up" };
}
