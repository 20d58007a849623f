import { z } from "zod";

const envelope = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number(), message: z.string() })),
  result: z.unknown(),
  result_info: z.object({ page: z.number(), total_pages: z.number(), total_count: z.number() }).nullish(),
});

/** An answer of Cloudflare's API, success or failure. */
export type Answer = z.infer<typeof envelope> & { readonly status: number };

/** Anything but an answer of the API, such as a proxy's error page, is a failure without a code. */
export function answerFrom(text: string): z.infer<typeof envelope> {
  try {
    return envelope.parse(JSON.parse(text));
  } catch {
    return { success: false, errors: [{ code: 0, message: text.slice(0, 200) }], result: undefined };
  }
}
