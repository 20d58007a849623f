export * from "./compose";
export * from "./parse-leaves";
export * from "./sources";
