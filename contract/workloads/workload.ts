import type { Part, Port } from "../parts";
import type { SettingsValues } from "../settings/schema";
import type { SecretText } from "../values";
import type { WritableFolder } from "../writable-folders";
import type { Checks } from "./checks";
import type { Paths } from "./paths";
import type { Environment } from "./variables";

/** One part of a preview as its component makes it: every default filled in, every value in place. */
export interface Workload extends Paths {
  readonly part: Part;
  readonly image: string;
  /** Replaces the image's ENTRYPOINT. @default the image's own */
  readonly command?: readonly string[];
  /** Replaces the image's CMD. @default the image's own */
  readonly args?: readonly string[];
  readonly ports: readonly Port[];
  readonly environment: Environment;
  /** What its own Secret holds. */
  readonly secrets: Readonly<Record<string, SecretText>>;
  readonly uid?: number;
  readonly gid?: number;
  readonly readOnlyRoot: boolean;
  readonly folders: readonly WritableFolder[];
  readonly resources: SettingsValues["api"]["resources"];
  readonly checks: Checks;
  /** What checks by HTTP send as Host, because kubelet would send the pod's address, which Django answers with 400. */
  readonly checkedAs: string;
  readonly stopSeconds: number;
  /** Whether there are never two of it at once, not even during an update. */
  readonly isSingle: boolean;
  /** Whether it changes only after the migration has succeeded: Django's code is in it. */
  readonly isAfterMigration: boolean;
  /** Whether it trusts the certificates of the setting `trustedCa`: the product's own code is in it. */
  readonly isOfProduct: boolean;
  /** `db:5432`: what its gate waits for. */
  readonly needs: readonly string[];
  readonly egress: SettingsValues["egress"];
  /** What its pods may do in the namespace through the Kubernetes API. @default nothing, and they have no token */
  readonly serviceAccount?: SettingsValues["api"]["serviceAccount"];
}
