import type { Target } from "./target";

/** A check's outcome. A warning is reported but doesn't fail the run: it is for what some products rightly do differently. */
export type Outcome = "passed" | "warning" | "failed" | "not checked";

export interface Verdict {
  readonly outcome: Exclude<Outcome, "not checked">;
  /** The evidence, in a few words; never a password or a cookie's value. */
  readonly seen: string;
}

/** One way in which a preview can break. Its texts are shown in docs/verify.md and when it fails. */
export interface Check {
  /** Stable, since scripts and tests refer to it. */
  readonly id: string;
  /** What is true if it passes. */
  readonly title: string;
  /** What to change if it fails. */
  readonly setting: string;
  /** What breaks for users if it fails. */
  readonly why: string;
  /** @throws NotChecked if it can't be checked from here */
  run(target: Target): Promise<Verdict>;
}

/** The result of a check. */
export interface Finding {
  readonly id: string;
  readonly title: string;
  readonly outcome: Outcome;
  /** The evidence, or the reason why it wasn't checked. */
  readonly seen: string;
  /** Only if it failed or warns. */
  readonly setting?: string;
  readonly why?: string;
}

export const passed = (seen: string): Verdict => ({ outcome: "passed", seen });
export const warning = (seen: string): Verdict => ({ outcome: "warning", seen });
export const failed = (seen: string): Verdict => ({ outcome: "failed", seen });

/** Failed with all problems, or passed if there are none. */
export const verdict = (problems: readonly string[], otherwise: string): Verdict =>
  problems.length > 0 ? failed(problems.join("; ")) : passed(otherwise);
