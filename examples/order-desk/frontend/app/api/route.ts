// /api itself, which [...path] doesn't match: the root of the browsable API.
export { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } from "./[...path]/route";
