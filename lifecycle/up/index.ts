export { deploy } from "./deploy";
export type { UpResult } from "./options";
