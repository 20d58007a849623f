import type { DeploymentRecord } from "./deployment-record";
import type { Images } from "./image-reference";

/** What the program says of a preview, once an update has succeeded. */
export interface Outputs {
  /** `https://pr-1.previews.example.com` */
  readonly url: string;
  /** Django's own host, where the setting `ingress.apiHost` asks for one. */
  readonly apiUrl?: string;
  readonly namespace: string;
  /** The images that were ordered. */
  readonly images: Images;
  readonly revisions: { readonly api: string; readonly web: string };
  /** Versions before it wrote none. */
  readonly record?: DeploymentRecord;
}
