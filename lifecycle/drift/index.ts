export { compare, described, type Drift, imagesInstead } from "./compare";
export { emptiedSince, isEmptied, letGo } from "./emptied";
export { lookForDrift, restoreRights } from "./look";
