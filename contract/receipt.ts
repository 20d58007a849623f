/**
 * What was found of one kind of object after a preview was closed. `not checked` never counts as `gone`.
 */
export type Observation =
  | { readonly state: "gone"; readonly at: string }
  | { readonly state: "still there"; readonly what: readonly string[] }
  | { readonly state: "not checked"; readonly why: string };

/** The kinds of objects that a preview consists of, each of which could be left behind. */
export const remains = ["namespace", "volumes", "dnsRecords", "stack", "configFile"] as const;
export type Remains = (typeof remains)[number];

/**
 * The proof that a preview is gone: what existed, what was done, what was found afterwards, and when (ISO 8601, UTC).
 */
export interface Receipt {
  readonly format: "preview-stack/receipt/v1";
  readonly pullRequest: number;
  readonly project: string;
  readonly product: string;
  readonly repository: string;
  readonly host: string;
  /** The kubeconfig context that was used. */
  readonly cluster: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Names of what existed before. */
  readonly existed: Readonly<Record<Remains, readonly string[]>>;
  /** What was done, in order. */
  readonly asked: readonly { readonly at: string; readonly what: string }[];
  readonly seen: Readonly<Record<Remains, Observation>>;
}

/** Whether every kind was checked and is gone. */
export function isComplete({ seen }: Receipt): boolean {
  return remains.every((kind) => seen[kind].state === "gone");
}
