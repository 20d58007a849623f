export { newestServes } from "./newest-serves";
export { rolledOut } from "./rolled-out";
export { update } from "./update";
