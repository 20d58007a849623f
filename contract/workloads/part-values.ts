import type { Port } from "../parts";
import type { SettingsValues } from "../settings/schema";
import type { ServiceValues } from "../settings/part-schema";

type Server = SettingsValues["api"] | SettingsValues["web"];

/** Variables that one group of settings gives. */
export interface Layer {
  /** `services.worker`: where they are set. */
  readonly group: string;
  readonly env: Server["env"];
  readonly secrets: Server["secrets"];
  /** Variables of the layers below, and of the contract, that it leaves out. */
  readonly omit: readonly string[];
}

/** A part's settings, `from` and every default filled in. */
export interface PartValues extends Pick<
  Server,
  | "command"
  | "args"
  | "uid"
  | "gid"
  | "sharedMemory"
  | "checks"
  | "egress"
  | "writablePaths"
  | "resources"
  | "serviceAccount"
> {
  readonly name: string;
  /** `services.worker` */
  readonly group: string;
  /** Whose variables, as the contract has them, it sees, and as whom its checks ask. */
  readonly base?: "api" | "web";
  readonly image: string;
  /** The group whose setting `image` that is. */
  readonly imageGroup: string;
  /** The image's name, where a commit changes it. */
  readonly runs?: string;
  readonly ports: readonly Port[];
  readonly readOnlyRoot: boolean;
  readonly stopSeconds: number;
  readonly uses: readonly string[];
  readonly dependsOn: readonly string[];
  readonly single: boolean;
  /** The API's alone. */
  readonly migrate?: SettingsValues["api"]["migrate"];
  readonly livePath?: string;
  readonly readyPath?: string;
  /** The lowest first. */
  readonly layers: readonly Layer[];
}

export type { ServiceValues };
