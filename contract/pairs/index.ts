export * from "./pair";
export * from "./sources";
