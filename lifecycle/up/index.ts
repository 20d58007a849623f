export { deploy } from "./deploy";
export type { UpResult } from "./options";
export { pairForUp } from "./pair";
