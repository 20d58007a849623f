export { compare, described, type Drift } from "./compare";
export { emptiedSince, letGo } from "./emptied";
export { lookForDrift, restoreRights } from "./look";
