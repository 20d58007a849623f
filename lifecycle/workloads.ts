export { newestServes } from "./newest-serves";
export { rolledOut, webIsReady } from "../clients/kubernetes/rollout/rolled-out";
export { handBack, startAtOnce, stopAgain } from "./sleep/start-at-once";
export { update } from "./change/update";
