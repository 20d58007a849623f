export * from "./bring";
export * from "./compose";
export * from "./sources";
export * from "./stack-file";
