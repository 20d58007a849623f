export * from "./choose";
export * from "./pair";
export * from "./sources";
export * from "./with-option";
