export { ensureProductImages, type ProductImages } from "./product";
