import { proxy } from "@/lib/proxy";

/** Where an OAuth provider sends the browser back to: Django's own route, public without /api. */
const handler = (request: Request) => proxy(request);

export { handler as GET, handler as HEAD, handler as OPTIONS, handler as POST };
