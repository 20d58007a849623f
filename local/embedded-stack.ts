import type { PulumiContext } from "../lifecycle/pulumi";
import { ensureStack } from "../lifecycle/stack";
import type { ProductImages } from "./images";
import { embeddedSettings } from "./preview-settings";
import { refreshLinks, writeStackFile } from "./stack-files";

const project = "preview";

/** Makes an embedded preview's stack, or brings its settings to what they are now. */
export async function ensureEmbeddedStack(
  context: PulumiContext,
  stack: string,
  { images, port }: { images: ProductImages; port: number },
): Promise<void> {
  writeStackFile(project, stack, embeddedSettings(images, port));
  refreshLinks();
  await ensureStack(context, stack);
}
