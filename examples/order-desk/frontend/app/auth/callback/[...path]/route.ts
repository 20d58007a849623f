/** Where an OAuth provider sends the browser back to: Django's own route, public without /api. */
export { proxy as GET, proxy as HEAD, proxy as OPTIONS, proxy as POST } from "@/lib/proxy";
