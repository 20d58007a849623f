export { reasonToStepAside } from "./step-aside";
export { upPreview, type UpResult } from "./up-preview";
