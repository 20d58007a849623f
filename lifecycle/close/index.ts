export { closePreview, type CloseOptions } from "./close";
export { deleteAtOnce } from "./destroy";
