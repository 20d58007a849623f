import { randomBytes } from "node:crypto";
import { pulumi, type PulumiContext } from "../lifecycle/pulumi";
import { ensureStack } from "../lifecycle/stack";
import type { ProductImages } from "./images";
import { embeddedSettings, reviewerPassword } from "./preview-settings";
import { hasSecret, refreshLinks, writeStackFile } from "./stack-files";

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
  if (!hasSecret(project, stack, "api", reviewerPassword)) {
    const path = ["--path", `api.secrets.${reviewerPassword}`];
    // On standard input: an argument could be read by every process of the machine.
    await pulumi(
      context,
      ["config", "set", "--secret", "--stack", stack, ...path],
      randomBytes(12).toString("base64url"),
    );
  }
}
