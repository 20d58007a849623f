export { closeByNumber, type ClosingOptions } from "./close-by-number";
export { deleteAtOnce } from "./destroy";
