export { update } from "./update";
export { whileWatching } from "./watch";
