export { compare, describeDrift, type Drift, unexpectedImages } from "./compare";
export { claimDeletionWarning, migrationsToRepeat, hasLostVolume, podsToRestart } from "./emptied";
export { type Inside, lookForDrift, restoreRights } from "./look-for-drift";
