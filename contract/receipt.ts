/**
 * What was seen of one kind of thing after a preview was closed. `not checked` is never taken for `gone`.
 */
export type Observation =
  | { readonly state: "gone"; readonly at: string }
  | { readonly state: "still there"; readonly what: readonly string[] }
  | { readonly state: "not checked"; readonly why: string };

/** The things that a preview consists of outside of the program, each of which can be left behind. */
export const remains = ["namespace", "volumes", "dnsRecords", "stack", "configFile"] as const;
export type Remains = (typeof remains)[number];

/**
 * The proof that a preview is gone: what there was, what was asked, what was seen afterwards, and when (ISO 8601, UTC).
 */
export interface Receipt {
  readonly format: "preview-stack/receipt/v1";
  readonly pullRequest: number;
  readonly project: string;
  readonly product: string;
  readonly repository: string;
  readonly host: string;
  /** The kubeconfig's context that was asked. */
  readonly cluster: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Names of what there was before. */
  readonly existed: Readonly<Record<Remains, readonly string[]>>;
  /** What was done, in order. */
  readonly asked: readonly { readonly at: string; readonly what: string }[];
  readonly seen: Readonly<Record<Remains, Observation>>;
}

/** True only when everything was looked for and none of it was found, or there is no place where it could be. */
export function isComplete({ seen }: Receipt): boolean {
  return remains.every((kind) => seen[kind].state === "gone");
}
