import { limitsTable } from "./table";

/** All limits as table rows, header first. */
export function limitRows(): string[][] {
  const rows = Object.entries(limitsTable).map(([name, { who, what, atMost, then }]) => [
    who,
    what,
    formatted(name, atMost),
    then,
  ]);
  return [["who waits", "for what", "at most", "what happens then"], ...rows];
}

/** `30 s`, `14 min`, `2 h`, `30 tries` */
function formatted(name: string, atMost: number): string {
  if (!name.endsWith("Seconds")) {
    return `${atMost} ${name.endsWith("Exits") ? "exits" : "tries"}`;
  }
  if (atMost % 3600 === 0) {
    return `${atMost / 3600} h`;
  }
  return atMost > 180 && atMost % 60 === 0 ? `${atMost / 60} min` : `${atMost} s`;
}
