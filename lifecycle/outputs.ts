import type { Images } from "../contract";
import { pulumi, type PulumiContext } from "./pulumi";

/** What the program says of a preview. */
export interface Outputs {
  /** `https://pr-1.previews.example.com` */
  readonly url: string;
  /** Django's own host, where the setting `ingress.apiHost` asks for one. */
  readonly apiUrl?: string;
  readonly namespace: string;
  /** The images that were ordered. */
  readonly images: Images;
  readonly revisions: { readonly api: string; readonly web: string };
}

/** Those of a stack's last update; without any where it never came up. */
export async function outputsOf(context: PulumiContext, stack: string): Promise<Partial<Outputs>> {
  return JSON.parse(await pulumi(context, ["stack", "output", "--json", "--stack", stack])) as Partial<Outputs>;
}
