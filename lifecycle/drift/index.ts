export { compare, describeDrift, type Drift, unexpectedImages } from "./compare";
export { claimDeletionWarning, migrationsToRepeat, hasLostVolume } from "./emptied";
export { lookForDrift, restoreRights } from "./look-for-drift";
