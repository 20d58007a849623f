import { limitsTable } from "./table";

/** All limits as the rows of a table, its head first. */
export function limitRows(): string[][] {
  const rows = Object.entries(limitsTable).map(([name, { who, what, atMost, then }]) => [
    who,
    what,
    name.endsWith("Ends") ? `its ${atMost}rd end` : spelt(atMost),
    then,
  ]);
  return [["who waits", "for what", "at most", "then"], ...rows];
}

/** `30 s`, `14 min`, `2 h` */
function spelt(seconds: number): string {
  if (seconds % 3600 === 0) {
    return `${seconds / 3600} h`;
  }
  return seconds > 180 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
