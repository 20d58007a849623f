import type { Target } from "./target";

/** How a check ended. A warning is told and doesn't fail the run: it is for what a product may rightly do otherwise. */
export type Outcome = "passed" | "warning" | "failed" | "not checked";

export interface Verdict {
  readonly outcome: Exclude<Outcome, "not checked">;
  /** The evidence, in a few words; never a password or a cookie's value. */
  readonly seen: string;
}

/** One thing that mysteriously breaks. Its texts are shown when it has failed, and in docs/verify.md. */
export interface Check {
  /** Stable: what scripts and tests refer to. */
  readonly id: string;
  /** What holds where it passes. */
  readonly title: string;
  /** What to change where it fails. */
  readonly setting: string;
  /** What breaks for a person while it fails. */
  readonly why: string;
  /** @throws NotChecked where it can't be seen from here */
  run(target: Target): Promise<Verdict>;
}

/** What came of a check. */
export interface Finding {
  readonly id: string;
  readonly title: string;
  readonly outcome: Outcome;
  /** The evidence, or the reason why it wasn't checked. */
  readonly seen: string;
  /** Only where it failed or warns. */
  readonly setting?: string;
  readonly why?: string;
}

export const passed = (seen: string): Verdict => ({ outcome: "passed", seen });
export const warning = (seen: string): Verdict => ({ outcome: "warning", seen });
export const failed = (seen: string): Verdict => ({ outcome: "failed", seen });

/** Failed with all that is wrong, or passed if nothing is. */
export const verdict = (problems: readonly string[], otherwise: string): Verdict =>
  problems.length > 0 ? failed(problems.join("; ")) : passed(otherwise);
