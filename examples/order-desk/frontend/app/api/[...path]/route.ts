/** The browser's way to Django: /api/orders/ on the public host is /orders/ there, or stays, by API_PREFIX. */
export {
  proxy as DELETE,
  proxy as GET,
  proxy as HEAD,
  proxy as OPTIONS,
  proxy as PATCH,
  proxy as POST,
  proxy as PUT,
} from "@/lib/proxy";
