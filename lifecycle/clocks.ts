/**
 * The time by several clocks, any of which may be wrong; undefined for one that can't be asked. A preview's expiry is recorded by
 * the latest clock and judged by the earliest, so that a wrong clock makes a preview live longer, never shorter.
 */
type Clocks = readonly [own: Date, ...others: (Date | undefined)[]];

export const latest = (...clocks: Clocks): Date => new Date(Math.max(...times(clocks)));

export const earliest = (...clocks: Clocks): Date => new Date(Math.min(...times(clocks)));

const times = (clocks: Clocks) => clocks.flatMap((clock) => clock?.getTime() ?? []);
