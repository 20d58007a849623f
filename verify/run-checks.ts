import { addAbortListener } from "node:events";
import { limits } from "../contract";
import { anyOf, untilAborted } from "../clients/process/signals";
import type { Check, Finding } from "./check";
import { NotChecked } from "./not-checked";
import { checks } from "./checks";
import { certificate } from "./checks/tls";
import { noForm, type Target } from "./target";

/** The results of all checks, in the order of `checks`. */
export interface Report {
  readonly target: string;
  /** Whether no check has failed; those not checked don't count. */
  readonly ok: boolean;
  /** Why most checks couldn't run, if they share one reason. */
  readonly cause?: string;
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  /** Called with each finding as its check ends. */
  readonly report?: (finding: Finding) => void;
  /** The time limits for one check and for all. @default {@link limits.checkSeconds}, {@link limits.allChecksSeconds} */
  readonly timeoutMs?: { readonly check: number; readonly all: number };
}

const defaultTimeoutMs = { check: limits.checkSeconds * 1000, all: limits.allChecksSeconds * 1000 };

/**
 * Runs all checks against a preview, concurrently.
 *
 * @throws the reason of the target's signal, if that is aborted
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
    // No password goes to a host whose certificate isn't trusted.
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
    const ok = findings.every(({ outcome }) => outcome !== "failed");
    return { target: target.origin, ok, cause: causeIn(findings, target.origin), findings };
  } finally {
    await target.end();
    stopping[Symbol.dispose]();
  }
}

/** Why Django, or its login form, can't be reached through the host. Most checks need that form. */
export function causeIn(findings: readonly Finding[], origin: string): string | undefined {
  const of = (wanted: string) => findings.find(({ id }) => id === wanted);
  const [reach, methods] = [of("browser-to-api"), of("methods")];
  const hasNoForm = methods?.seen.startsWith(`${noForm}: `) === true;
  if (reach?.outcome === "failed" && (hasNoForm || methods?.seen.startsWith(noAnswer) === true)) {
    return `Django can't be reached through ${origin}: ${reach.seen}`;
  }
  return hasNoForm ? `Django's login form isn't there: ${methods.seen.slice(`${noForm}: `.length)}` : undefined;
}

const noAnswer = "no answer: ";

/** The limit for evidence, in characters: a preview's response may be of any length. */
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
    // A host that doesn't answer doesn't work for its visitors: the check has failed.
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = late.aborted ? `for ${timeoutMs / 1000} s` : typeof code === "string" ? code : message;
    return { id, title, outcome: "failed", seen: `${noAnswer}${reason}`, setting, why };
  }
}

const notChecked = ({ id, title }: Check, reason: string): Finding => ({
  id,
  title,
  outcome: "not checked",
  seen: reason,
});
