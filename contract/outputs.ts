import type { DeploymentRecord } from "./configuration/deployment-record";
import type { Images } from "./image-reference";
import { type Part, type PerImage, standardPartList } from "./parts";

/** The stack's outputs after a successful update. */
export interface Outputs {
  /** `https://pr-1.previews.example.com` */
  readonly url: string;
  /** The origin of Django's own host, if `ingress.apiHost` is set. */
  readonly apiUrl?: string;
  readonly namespace: string;
  /** The images as the settings name them. */
  readonly images: Images;
  readonly revisions: PerImage<string>;
  /** The preview's parts. Older versions didn't write them. */
  readonly parts?: readonly Part[];
  /** Older versions didn't write it. */
  readonly record?: DeploymentRecord;
}

/** A preview's parts by its outputs. @default the standard parts */
export const partsIn = ({ parts = standardPartList }: Pick<Outputs, "parts">): readonly Part[] => parts;
