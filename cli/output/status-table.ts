import { table } from "table";
import { harmlessJson, harmlessLine } from "./harmless";
import { ageOf, relative } from "./duration";
import type { Checked, Status } from "../../lifecycle/status/status-of";
import type { Requests } from "../../lifecycle/status/pods";

/** One line for each preview. */
export function statusAsText(previews: readonly Status[], now: Date): string {
  if (previews.length === 0) {
    return "there are no previews";
  }
  const facts = previews.map((preview) => ({ preview: preview.name, ...factsOf(preview, now) }));
  const header = Object.keys(facts[0]!);
  const lines = facts.map((row) => Object.values(row).map((value) => harmlessLine(value ?? "")));
  const width = Math.min(30, Math.max(...[header, ...lines].map((line) => line.at(-1)!.length)));
  return table([header, ...lines], {
    columns: { [header.length - 1]: { width, wrapWord: true } },
    drawHorizontalLine: (index, count) => index < 2 || index === count,
  }).trimEnd();
}

/** What a person wants to know of a preview, by what it is called in the table. */
export function factsOf(preview: Status, now: Date): Record<string, string | undefined> {
  const { state, sha, head, health, created, expires, requests, wrong } = preview;
  return {
    "pull request": state,
    deployed: known(sha, short),
    head: known(head, short),
    health,
    age: known(created, (moment) => ageOf(moment, now)),
    expires: known(expires, (moment) => relative(moment, now)),
    cpu: known(requests, cpuOf),
    memory: known(requests, memoryOf),
    "what is wrong": wrong.join(", ") || undefined,
  };
}

/** For scripts: every preview with all that is known of it. */
export function statusAsJson(previews: readonly Status[], now: Date): string {
  return harmlessJson({ format: "preview-stack/status/v1", at: now.toISOString(), previews });
}

function known<Value extends string | Requests>(
  value: Checked<Value> | undefined,
  show: (value: Value) => string,
): string | undefined {
  return value === undefined || value === "not checked" ? value : show(value);
}

const short = (sha: string) => sha.slice(0, 7);
const cpuOf = ({ cpu }: Requests) => (Number.isInteger(cpu) ? String(cpu) : `${Math.round(cpu * 1000)}m`);
const memoryOf = ({ memory }: Requests) => `${Math.round(memory / 2 ** 20)}Mi`;
