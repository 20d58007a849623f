const units = [
  ["d", 24 * 3600_000],
  ["h", 3600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** A time in milliseconds, in its largest whole unit: `13d`, `5h`, `0s`. */
export function duration(milliseconds: number): string {
  const [unit, size] = units.find(([, length]) => milliseconds >= length) ?? units.at(-1)!;
  return `${Math.floor(milliseconds / size)}${unit}`;
}

/** How long ago a moment is, ISO 8601. Clocks differ: one that is still to come is now. */
export function ageOf(moment: string, now: Date): string {
  return duration(Math.max(0, now.getTime() - Date.parse(moment)));
}

/** When a moment is, seen from now: `in 13d`, `2h ago`. What is no moment is shown as it is. */
export function relative(moment: string, now: Date): string {
  const until = Date.parse(moment) - now.getTime();
  if (Number.isNaN(until)) {
    return moment;
  }
  return until >= 0 ? `in ${duration(until)}` : `${duration(-until)} ago`;
}
