export { compare, described, type Drift, imagesInstead } from "./compare";
export { claimGoing, emptiedSince, isEmptied } from "./emptied";
export { lookForDrift, restoreRights } from "./look-for-drift";
