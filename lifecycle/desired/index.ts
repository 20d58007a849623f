export * from "./compose";
export * from "./sources";
