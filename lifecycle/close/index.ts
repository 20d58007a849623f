export { closeByNumber } from "./close-by-number";
export { deleteAtOnce } from "./destroy";
