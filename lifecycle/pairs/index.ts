export { MovedOn, NotBuilt, PairMoved } from "./errors";
export { answersAbout, type Change, changeOf, type Followed, followedIn, isFollowed } from "./followed";
export { type PairOptions, type Resolution, resolvePair } from "./resolve";
export { refuseEdited, refuseMoved } from "./still-current";
export { waitForPair, type WaitOptions } from "./wait-for-pair";
export { platformSources } from "./platform-sources";
export { type PairNow, pairNow } from "./pair-now";
