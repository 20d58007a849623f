export { replaced } from "./replaced";
export { update } from "./update";
export { whileWatching } from "./watch";
