import { type Check, type Finding, NotChecked } from "./check";
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

/** Runs every check against a preview, at the same time. Calls `report` as each one ends. */
export async function verify(target: Target, report: (finding: Finding) => void = () => undefined): Promise<Report> {
  const run = async (check: Check): Promise<Finding> => {
    const finding = printable(await findingOf(check, target));
    report(finding);
    return finding;
  };
  // Nobody sends a password to a host that can't prove who it is.
  const first = await run(certificate);
  const others = checks.filter((check) => check !== certificate);
  const rest =
    first.outcome === "failed"
      ? others.map((check) => notChecked(check, `nothing is sent after ${first.id}: ${first.seen}`))
      : await Promise.all(others.map(run));
  await target.end();
  const findings = [first, ...rest];
  return { target: target.origin, ok: findings.every(({ outcome }) => outcome !== "failed"), findings };
}

/** What was seen is the preview's own words: they could rewrite a terminal, or begin a line that a pipeline obeys. */
const printable = (finding: Finding): Finding => ({ ...finding, seen: finding.seen.replace(/\p{Cc}+/gu, " ") });

async function findingOf(check: Check, target: Target): Promise<Finding> {
  const { id, title, setting, why } = check;
  try {
    const { outcome, seen } = await check.run(target);
    return outcome === "passed" ? { id, title, outcome, seen } : { id, title, outcome, seen, setting, why };
  } catch (error) {
    if (error instanceof NotChecked) {
      return notChecked(check, error.message);
    }
    // No answer is no pass either: whoever can't be asked doesn't work for its visitors.
    const { code, message } = error as NodeJS.ErrnoException;
    return {
      id,
      title,
      outcome: "failed",
      seen: `no answer: ${typeof code === "string" ? code : message}`,
      setting,
      why,
    };
  }
}

const notChecked = ({ id, title }: Check, reason: string): Finding => ({
  id,
  title,
  outcome: "not checked",
  seen: reason,
});
