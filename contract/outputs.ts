import type { DeploymentRecord } from "./configuration/deployment-record";
import type { Images } from "./image-reference";
import { type Part, type PerImage, standardPartList } from "./parts";

/** What the program says of a preview, once an update has succeeded. */
export interface Outputs {
  /** `https://pr-1.previews.example.com` */
  readonly url: string;
  /** Django's own host, where the setting `ingress.apiHost` asks for one. */
  readonly apiUrl?: string;
  readonly namespace: string;
  /** The images that were ordered. */
  readonly images: Images;
  readonly revisions: PerImage<string>;
  /** What the preview consists of. Versions before wrote none. */
  readonly parts?: readonly Part[];
  /** Versions before it wrote none. */
  readonly record?: DeploymentRecord;
}

/** What a preview consists of, by its outputs. @default what every preview has */
export const partsIn = ({ parts = standardPartList }: Pick<Outputs, "parts">): readonly Part[] => parts;
