export { ensureImage, ensureProductImages, type ImageOptions, type ProductImages } from "./product";
export { unmountStorage } from "./storage";
