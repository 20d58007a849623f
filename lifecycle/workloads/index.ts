export { newestServes } from "./newest-serves";
export { rolledOut, webIsReady } from "./rolled-out";
export { handBack, startAtOnce, stopAgain } from "./start-at-once";
export { update } from "./update";
