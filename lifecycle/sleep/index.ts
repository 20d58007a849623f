export { sleep } from "./sleep";
export { wake } from "./wake";
