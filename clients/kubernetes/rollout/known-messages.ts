import { imageSettingOf, type Part } from "../../../contract";
import type { Wait } from "./waits";

type Group = Pick<Part, "group" | "role" | "runs" | "imageSetting" | "crashSettings" | "interpreter">;

/** A message that can end an update, and where to look then. */
interface KnownMessage {
  /** In the words of its source: kubelet, the scheduler, an admission controller, or the container itself. */
  readonly said: RegExp;
  readonly look: (part: Group) => string;
}

const uidAdvice = ({ group }: Group) =>
  `the setting ${group}.uid, the number of the user that the image is to run as: ` +
  `docker run --rm --entrypoint id IMAGE prints it, and 0 takes the setting podSecurity`;

/** @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kuberuntime/security_context.go for the first two */
const fromKubelet: readonly KnownMessage[] = [
  { said: /image will run as root/, look: uidAdvice },
  { said: /image has non-numeric user/, look: uidAdvice },
  {
    said: /executable file not found in \$PATH|exec format error|exec: .*: (?:no such file or directory|permission denied)/,
    look: (part) =>
      part.role === "database"
        ? `the setting ${imageSettingOf(part)}`
        : `the settings ${part.crashSettings[0]} and ${imageSettingOf(part)}`,
  },
  {
    said: /^OOMKilled\b|^BackoffLimitExceeded\b.*, exit code 137$/,
    look: ({ group }) => `the setting ${group}.resources.memoryLimit`,
  },
];

const fromScheduler: readonly KnownMessage[] = [
  {
    said: /PersistentVolumeClaims?|persistent volumes?/i,
    look: () => "the settings database.storageClass and database.storage, and the cluster's volumes",
  },
];

const fromAdmission: readonly KnownMessage[] = [
  {
    said: /violates PodSecurity/,
    look: () => "what a transform changes of the pod: it must stay within the setting podSecurity",
  },
  {
    said: /admission webhook .* denied the request/,
    look: () => "the cluster's own policies: the webhook that it names refuses the pod",
  },
];

/** @see https://www.postgresql.org/docs/current/upgrading.html for the first */
const fromPostgres: readonly KnownMessage[] = [
  {
    said: /database files are incompatible with server/,
    look: () =>
      "the setting database.image: another major version can't read what the former has written; " +
      "preview up --replace-database gives the data up",
  },
  {
    said: /has wrong ownership|could not change permissions of directory|Permission denied/i,
    look: () => "the setting database.uid, the number of the image's postgres user",
  },
  { said: /No space left on device/, look: () => "the setting database.storage" },
];

const fromProduct: readonly KnownMessage[] = [
  {
    said: /Read-only file system|\bEROFS\b/,
    look: ({ group }) => `the setting ${group}.writablePaths: everything else is read-only`,
  },
  {
    said: /No space left on device|\bENOSPC\b/,
    look: ({ group }) => `the sizes in the setting ${group}.writablePaths`,
  },
  {
    said: /ModuleNotFoundError: No module named/,
    look: (part) =>
      part.interpreter === "python3"
        ? `the settings api.settingsModule and ${imageSettingOf(part)}`
        : `the setting ${imageSettingOf(part)}`,
  },
];

/**
 * Where to look, by the cluster's message about a workload and the container's last output; undefined if neither is known.
 */
export function lookFor(
  part: Group,
  { cause, message }: Pick<Wait, "cause" | "message">,
  lastWords: string,
): string | undefined {
  switch (cause) {
    case "no place":
      return of(part, fromScheduler, message);
    case "refused":
      return of(part, fromAdmission, message);
    default:
      return of(part, fromKubelet, message) ?? lookForWords(part, lastWords);
  }
}

/** Where to look, by what a container has printed; undefined where that isn't known. */
export const lookForWords = (part: Group, words: string): string | undefined =>
  of(part, part.role === "database" ? fromPostgres : fromProduct, words);

const of = (part: Group, known: readonly KnownMessage[], text: string): string | undefined =>
  known.find(({ said }) => said.test(text))?.look(part);
