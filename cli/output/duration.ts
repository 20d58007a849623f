const units = [
  ["d", 24 * 3600_000],
  ["h", 3600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** Milliseconds in their largest whole unit: `13d`, `5h`, `0s`. */
export function duration(milliseconds: number): string {
  const [unit, size] = units.find(([, length]) => milliseconds >= length) ?? units.at(-1)!;
  return `${Math.floor(milliseconds / size)}${unit}`;
}

/** The age of an ISO 8601 time. One in the future counts as now, since clocks differ. */
export function ageOf(moment: string, now: Date): string {
  return duration(Math.max(0, now.getTime() - Date.parse(moment)));
}

/** An ISO 8601 time relative to now: `in 13d`, `2h ago`. Anything else is returned unchanged. */
export function relative(moment: string, now: Date): string {
  const until = Date.parse(moment) - now.getTime();
  if (Number.isNaN(until)) {
    return moment;
  }
  return until >= 0 ? `in ${duration(until)}` : `${duration(-until)} ago`;
}
