export * from "./choose";
export * from "./depends-on";
export { manifestFile, manifestLimit, parseManifest } from "./manifest";
export * from "./pair";
export { parsePull, type PullName, refText } from "./ref";
export * from "./sources";
export * from "./with-option";
