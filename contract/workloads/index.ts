export { type Check, type Checks, startSecondsOf } from "./checks";
export { compose, type Composition } from "./compose";
export type { Environment, Variable } from "./variables";
export type { Workload } from "./workload";
