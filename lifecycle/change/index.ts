export { applyComposition } from "./apply-composition";
export { change } from "./change";
export { underLock } from "./under-lock";
