export * from "./environment";
export * from "./errors";
export * from "./image-reference";
export * from "./lifecycle-record";
export * from "./names";
export * from "./ownership";
export * from "./pull-request";
export * from "./settings";
