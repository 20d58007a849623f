export { closePreview, type CloseOptions } from "./close-preview";
export { deleteAtOnce } from "./destroy";
