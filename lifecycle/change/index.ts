export { bring } from "./bring";
export { change } from "./change";
export { inTurn } from "./in-turn";
