import { stripVTControlCharacters } from "node:util";
import { imageSettingOf, limits, type Part, standardPartList } from "../../../contract";
import { partOf, serves } from "../pods";
import { lookFor } from "./known-messages";
import type { Objects } from "./objects";
import type { Cause, Wait } from "./waits";

/**
 * After how many seconds a wait is reported, and after how many it is unrecoverable. Waits of an ordinary start aren't reported;
 * those that may still end by themselves have only the update's own time limit.
 */
const secondsUntil: Record<Cause, { readonly told: number; readonly unrecoverable: number }> = {
  image: { told: 0, unrecoverable: limits.imageSeconds },
  "gate image": { told: 0, unrecoverable: limits.imageSeconds },
  "gate waits": { told: limits.slowStartNoticeSeconds, unrecoverable: Infinity },
  "not isolated": { told: 0, unrecoverable: 0 },
  // A brief failure of the cluster's DNS is over at the next try.
  "no DNS": { told: 0, unrecoverable: limits.clusterDnsSeconds },
  // It is tried again, and the database may need a node or a volume first.
  "gate failed": { told: 0, unrecoverable: Infinity },
  "gate gave up": { told: 0, unrecoverable: 0 },
  configuration: { told: 0, unrecoverable: limits.configurationSeconds },
  crash: { told: 0, unrecoverable: Infinity },
  "crash loop": { told: 0, unrecoverable: 0 },
  "wrong path": { told: limits.slowStartNoticeSeconds, unrecoverable: limits.wrongPathSeconds },
  "not ready": { told: limits.slowStartNoticeSeconds, unrecoverable: Infinity },
  "never ready": { told: 0, unrecoverable: 0 },
  "no room yet": { told: limits.refusedPodsNoticeSeconds, unrecoverable: Infinity },
  refused: { told: limits.refusedPodsNoticeSeconds, unrecoverable: limits.refusedPodsSeconds },
  // A node may have to be added first.
  "no place": { told: limits.slowStartNoticeSeconds, unrecoverable: Infinity },
  running: { told: limits.migrationNoticeSeconds, unrecoverable: Infinity },
  failed: { told: 0, unrecoverable: 0 },
};

/** When each wait began, in seconds of a monotonic clock. */
export type Since = ReadonlyMap<string, number>;

export const keyOf = ({ object, cause }: Wait) => `${object}: ${cause}`;

/** When each current wait began. */
export function sinceWhen(waits: readonly Wait[], before: Since, now: number): Since {
  return new Map(waits.map((wait) => [keyOf(wait), before.get(keyOf(wait)) ?? now]));
}

const lasts = (wait: Wait, since: Since, now: number) => now - (since.get(keyOf(wait)) ?? now);

/** Whether a wait has lasted longer than in an ordinary start. */
export const isWorthTelling = (wait: Wait, since: Since, now: number): boolean =>
  lasts(wait, since, now) >= secondsUntil[wait.cause].told;

/** Whether a wait can't be expected to end any more. */
export function isUnrecoverable(wait: Wait, since: Since, now: number): boolean {
  // The node ends a container at its limit; where the checks themselves hang, that is later.
  const atMost = wait.limit === undefined ? Infinity : wait.limit + 10;
  return lasts(wait, since, now) >= Math.min(secondsUntil[wait.cause].unrecoverable, atMost);
}

/**
 * What a person needs to know about a wait: the object, the cause, its container's last output, and the setting to change.
 *
 * @param lastWords the last lines that the container printed
 * @param parts the preview's parts
 */
export function verdict(
  wait: Wait,
  objects: Objects,
  lastWords = "",
  parts: readonly Part[] = standardPartList,
): string {
  const words = stripVTControlCharacters(lastWords).replaceAll("\r", "\n").trimEnd();
  const quoted = words === "" ? [] : words.split("\n").slice(-10);
  // The API isn't updated until its migration has succeeded.
  const part = parts.find(({ name }) => name === wait.part);
  const server = part?.role === "migration" ? serverOf(part, parts) : wait.part;
  const stillServes = objects.pods.some((pod) => partOf(pod) === server && serves(pod));
  return [
    `${wait.object}: ${wait.message}`,
    ...quoted.map((line) => `  | ${line}`),
    `Look at ${(part && lookFor(part, wait, words)) ?? settingsFor(wait, part)}.${stillServes ? ` The previous ${server} keeps serving until then.` : ""}`,
  ].join("\n");
}

/** The server that a migration belongs to. */
const serverOf = (migration: Part, parts: readonly Part[]): string | undefined =>
  parts.find(({ role, group }) => role === "server" && group === migration.group)?.name;

/** @param part undefined for one that isn't in the preview's outputs yet */
function settingsFor({ part: name, cause, message }: Wait, part?: Part): string {
  const { group = `services.${name}`, crashSettings = [`${group}.image`], readySettings = crashSettings } = part ?? {};
  // The database itself waits for no other part.
  const awaited = part?.role === "database" ? "its log" : `what it waits for (the setting ${group}.dependsOn)`;
  switch (cause) {
    case "image":
      return `the setting ${imageSettingOf(part ?? { group })}, and registry if it needs a login`;
    case "gate image":
      return "the settings gateImage and database.image, and registry if it needs a login";
    case "not isolated":
      return "the cluster's network plugin, and at the setting egress; where no policies are meant to be enforced, set isolation: unchecked";
    case "no DNS":
      return "the cluster's DNS: the policy dns lets pods reach the one in kube-system, by UDP and TCP";
    case "gate waits":
    case "gate failed":
    case "gate gave up":
      return `${awaited}, and the setting gateImage, whose image needs bash and timeout`;
    case "configuration":
      return secretLacking(message, part) ?? `the setting ${group}.env, and the Secrets that it names`;
    case "crash":
    case "crash loop":
    case "running":
    case "failed":
      return listed(crashSettings);
    case "wrong path":
    case "not ready":
    case "never ready":
      return listed(readySettings);
    case "refused":
    case "no room yet":
      return quotaSettings(message);
    case "no place":
      return `the setting ${group}.resources, and the cluster's nodes`;
  }
}

/**
 * Which settings name the Secret, or the key in one, that kubelet says isn't there; undefined if it says something else.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kubelet_pods.go
 */
function secretLacking(message: string, part?: Part): string | undefined {
  const [, missing, incomplete] =
    /secret "([^"]+)" not found|find key \S+ in Secret [^/\s]+\/(\S+)/.exec(message) ?? [];
  const secret = missing ?? incomplete ?? "";
  const settings = part?.secretSettings?.[secret];
  return settings && `${listed(settings)}, and the Secret ${secret} in the namespace`;
}

/** `the setting database.image`, `the settings web.readyPath and web.port` */
const listed = (settings: readonly string[]) =>
  `the ${settings.length === 1 ? "setting" : "settings"} ${settings.join(" and ")}`;

/** By the resource's name in the cluster's refusal: `requested: limits.memory=512Mi`. */
const quotas = {
  "requests.cpu": "quota.cpu",
  "limits.memory": "quota.memory",
  "requests.storage": "quota.storage",
  pods: "quota.pods",
} as const;

function quotaSettings(message: string): string {
  const requested = /exceeded quota: .*?requested: (.*?), used:/.exec(message)?.[1] ?? "";
  const settings = Object.entries(quotas).flatMap(([name, setting]) =>
    requested.includes(`${name}=`) ? [setting] : [],
  );
  return settings.length === 0 ? "what the cluster allows in the namespace" : `the setting ${settings.join(" and ")}`;
}
