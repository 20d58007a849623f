export { closePreview, type CloseOptions } from "./close";
