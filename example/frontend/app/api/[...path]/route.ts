import { proxy } from "@/lib/proxy";

/** The browser's way to Django: /api/orders/ on the public host is /orders/ there. */
const handler = (request: Request) => proxy(request, { stripPrefix: "/api" });

export {
  handler as DELETE,
  handler as GET,
  handler as HEAD,
  handler as OPTIONS,
  handler as PATCH,
  handler as POST,
  handler as PUT,
};
