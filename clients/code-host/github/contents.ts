import { z } from "zod";
import type { FileContent } from "../interface";

/** In GitHub's media type `object`. Above 1 MB, `encoding` is `none` and the content is empty. */
export const contents = z.union([
  z.object({ type: z.literal("file"), size: z.int().nonnegative(), encoding: z.string(), content: z.string() }),
  z.object({ type: z.enum(["dir", "symlink", "submodule"]) }),
]);

/** https://docs.github.com/en/rest/repos/contents#get-repository-content */
export function fileFrom(found: z.infer<typeof contents>, maxBytes: number): FileContent {
  if (found.type !== "file") {
    return { problem: "not a file" };
  }
  // A third more, and line breaks: what is longer isn't decoded, whatever the answer calls its size.
  if (found.size > maxBytes || found.content.length > maxBytes * 1.5 + 100 || found.encoding !== "base64") {
    return { problem: "too large" };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(found.content, "base64")) };
  } catch {
    return { problem: "not text" };
  }
}

/** Whether GitHub refused a file for its size, as above 100 MB. */
export function isTooLarge(error: unknown): boolean {
  const { success } = z
    .object({
      cause: z.object({
        status: z.literal(403),
        response: z.object({ data: z.object({ errors: z.array(z.object({ code: z.literal("too_large") })) }) }),
      }),
    })
    .safeParse(error);
  return success;
}
