/** Whether all faults are tried, as by `npm run test:faults`, or the quick and most telling part of them. */
export const isWhole = process.env.FAULTS === "whole";
