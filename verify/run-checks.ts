import { addAbortListener } from "node:events";
import { limits } from "../contract";
import { anyOf, untilAborted } from "../clients/process/signals";
import type { Check, Finding } from "./check";
import { NotChecked } from "./not-checked";
import { checks } from "./checks";
import { certificate } from "./checks/tls";
import type { Target } from "./target";

/** What came of all checks, in their order in the catalogue. */
export interface Report {
  readonly target: string;
  /** True where nothing failed. What wasn't checked is neither. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  /** Called with each finding as its check ends. */
  readonly report?: (finding: Finding) => void;
  /** How long one check may take, and all of them. @default {@link limits.checkSeconds}, {@link limits.allChecksSeconds} */
  readonly timeoutMs?: { readonly check: number; readonly all: number };
}

const defaultTimeoutMs = { check: limits.checkSeconds * 1000, all: limits.allChecksSeconds * 1000 };

/**
 * Runs every check against a preview, at the same time.
 *
 * @throws the reason of the target's signal, where that is aborted
 */
export async function verify(
  target: Target,
  { report = () => undefined, timeoutMs = defaultTimeoutMs }: VerifyOptions = {},
): Promise<Report> {
  const late = AbortSignal.timeout(timeoutMs.all);
  const stopping = addAbortListener(late, () => target.stop());
  const run = async (check: Check): Promise<Finding> => {
    const finding = shortened(await findingOf(check, target, timeoutMs.check));
    report(finding);
    return finding;
  };
  try {
    // Nobody sends a password to a host that can't prove who it is.
    const first = await run(certificate);
    const others = checks.filter((check) => check !== certificate);
    const rest =
      first.outcome === "failed"
        ? others.map((check) => notChecked(check, `nothing is sent after ${first.id}: ${first.seen}`))
        : await Promise.all(others.map(run));
    if (!late.aborted) {
      target.signal.throwIfAborted();
    }
    const findings = [first, ...rest];
    return { target: target.origin, ok: findings.every(({ outcome }) => outcome !== "failed"), findings };
  } finally {
    await target.end();
    stopping[Symbol.dispose]();
  }
}

/** The longest evidence, in characters: what a preview answers can be anything. */
const longestSeen = 500;

const shortened = (finding: Finding): Finding =>
  finding.seen.length > longestSeen
    ? { ...finding, seen: `${finding.seen.slice(0, longestSeen).toWellFormed()}…` }
    : finding;

async function findingOf(check: Check, target: Target, timeoutMs: number): Promise<Finding> {
  const { id, title, setting, why } = check;
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const { outcome, seen } = await untilAborted(anyOf(target.signal, late), check.run(target));
    return outcome === "passed" ? { id, title, outcome, seen } : { id, title, outcome, seen, setting, why };
  } catch (error) {
    if (error instanceof NotChecked) {
      return notChecked(check, error.message);
    }
    // No answer is no pass either: a host that doesn't answer doesn't work for its visitors.
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = late.aborted ? `for ${timeoutMs / 1000} s` : typeof code === "string" ? code : message;
    return { id, title, outcome: "failed", seen: `no answer: ${reason}`, setting, why };
  }
}

const notChecked = ({ id, title }: Check, reason: string): Finding => ({
  id,
  title,
  outcome: "not checked",
  seen: reason,
});
