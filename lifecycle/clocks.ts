/**
 * What the time is by several clocks, any of which may be off. Those that can't be asked are undefined; the machine's own
 * always can. When a preview's time is up is recorded by the latest and judged by the earliest: whichever clock is
 * wrong, a preview lives longer for it and never shorter, unless all are wrong.
 */
type Clocks = readonly [own: Date, ...others: (Date | undefined)[]];

export const latest = (...clocks: Clocks): Date => new Date(Math.max(...times(clocks)));

export const earliest = (...clocks: Clocks): Date => new Date(Math.min(...times(clocks)));

const times = (clocks: Clocks) => clocks.flatMap((clock) => clock?.getTime() ?? []);
