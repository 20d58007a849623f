const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const absolute = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

/** "3 hours ago", seen from `now`, in the largest unit that fits. */
export function ago(time: string, now: Date): string {
  const seconds = (now.getTime() - new Date(time).getTime()) / 1000;
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? UNITS[2];
  return seconds < 60 ? "just now" : relative.format(-Math.floor(seconds / length), unit);
}

/** The exact time, for anyone who wants to know. */
export function exactly(time: string): string {
  return `${absolute.format(new Date(time))} UTC`;
}
