export {
  copyProductImages,
  ensureImage,
  ensureProductImages,
  type ImageOptions,
  type ProductImageName,
  type ProductImages,
} from "./product-images";
export { describeRegistryAccess } from "./registry-access";
export { makeScratchFolder } from "./scratch";
export { buildahArguments, unmountStorage } from "./storage";
