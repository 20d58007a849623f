import { limits } from "../limits";
import type { PartValues } from "./part-values";

/** How kubelet asks a container whether it is well. */
export interface Check {
  /** Exactly one of the three. */
  readonly http?: string;
  readonly tcp?: true;
  readonly command?: readonly string[];
  /** The container's port; undefined for a command. */
  readonly port?: number;
  readonly everySeconds: number;
  readonly timeoutSeconds: number;
  /** After how many failures in a row it counts. @default as Kubernetes has it, 3 */
  readonly failures?: number;
}

export interface Checks {
  readonly start?: Check;
  readonly ready?: Check;
  readonly live?: Check;
}

type Given = Pick<PartValues, "checks" | "livePath" | "readyPath" | "ports">;
type GivenCheck = Exclude<NonNullable<Given["checks"]>, "none">["ready"];

/** Tries a second apart while it starts; a command that imports all of Django takes more than kubelet's 1 s. */
const defaults = { startEvery: 1, readyEvery: 5, liveEvery: 20, timeout: 5, commandTimeout: 10 };

/** What is checked, by its settings: on its port by default, not at all without one. */
export function checksOf({ checks = {}, livePath, readyPath, ports }: Given): Checks {
  if (checks === "none") {
    return {};
  }
  const ownPort = ports[0]?.targetPort;
  const byPort: GivenCheck = ownPort === undefined ? undefined : { tcp: true };
  const byPath = (path?: string): GivenCheck => (path === undefined ? byPort : { http: path });
  const ready = checks.ready ?? byPath(readyPath);
  const live = checks.live ?? byPath(livePath);
  const start = checks.start ?? (ready && { ...ready, everySeconds: undefined });
  const check = (given: GivenCheck, every: number): Check | undefined =>
    given && {
      ...given,
      ...(given.command === undefined && { port: given.port ?? ownPort }),
      everySeconds: given.everySeconds ?? every,
      timeoutSeconds: given.timeoutSeconds ?? (given.command ? defaults.commandTimeout : defaults.timeout),
    };
  const startCheck = check(start, defaults.startEvery);
  const startSeconds = checks.startSeconds ?? limits.serverReadySeconds;
  return {
    start: startCheck && { ...startCheck, failures: Math.ceil(startSeconds / startCheck.everySeconds) },
    ready: check(ready, defaults.readyEvery),
    live: check(live, defaults.liveEvery),
  };
}

/** How long a container may take to start, in seconds; 0 where nothing is checked. */
export const startSecondsOf = ({ start }: Checks): number => (start?.failures ?? 0) * (start?.everySeconds ?? 0);
