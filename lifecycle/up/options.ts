import type { DeploymentRecord, Leaves, Pair } from "../../contract";
import type { CodeHost } from "../../clients/code-host";
import type { Composition } from "../../clients/pulumi/configuration/write-composition";
import type { LockOptions } from "../../clients/pulumi/stack-lock";
import type { Product } from "../../verify/product";
import type { Report } from "../../verify/run-checks";
import type { DeployedSummary } from "../inventory/deployed";
import type { Identity } from "../inventory/identity";
import type { Workspace } from "../workspace";
import type { Phases } from "./stopwatch";

export interface UpOptions extends LockOptions {
  readonly context: Workspace;
  readonly pullRequest: number;
  /** Whether the backend has the stack `preview`. */
  readonly hasShared: boolean;
  /** Whether to read this checkout's file, and to write what was deployed to it. */
  readonly usesFile: boolean;
  /** Settings that the command sets, by path: `api.image`. */
  readonly given: Leaves;
  /** Names of the images in `given`. */
  readonly images: readonly string[];
  /** The commit to deploy; with a code host, any but the pull request's head steps aside. */
  readonly sha?: string;
  /** What the parts from other repositories were resolved to; their images are in `given`. */
  readonly pair: Pair;
  /** The pull request's description that `pair` was resolved with; undefined if it doesn't count. */
  readonly description?: string;
  /** Undefined if there is no code host to ask about the pull request. */
  readonly codeHost?: CodeHost;
  /** For the contract check. @default nothing is checked */
  readonly product?: Product;
  /** Whether to replace the database with an empty one. @default false */
  readonly replaceDatabase?: boolean;
  /** The folder for screenshots of the product's pages. @default none are taken */
  readonly screenshots?: string;
}

export type UpResult =
  | { readonly outcome: "stepped aside"; readonly reason: string }
  | {
      readonly outcome: "up";
      readonly preview: DeployedSummary;
      readonly asleep: boolean;
      readonly checks?: Report;
      /** The files' paths, if screenshots were taken. */
      readonly screenshots?: readonly string[];
      readonly seconds: Phases;
    };

/** How far an `up` has come. */
export interface Progress {
  readonly identity: Identity;
  /** What to deploy. */
  readonly composition: Composition;
  /** What was deployed when it last looked. */
  seen?: DeploymentRecord;
  /** The id of its update, once it is done. */
  update?: string;
  /** Its result, once it is recorded. */
  deployed?: UpResult & { readonly outcome: "up" };
}
