import type { types } from "@pulumi/kubernetes";
import type { Check, Workload } from "../../contract";
import { escapeDollars } from "./escape-dollars";

type Probe = types.input.core.v1.Probe;
type Probes = Pick<types.input.core.v1.Container, "startupProbe" | "readinessProbe" | "livenessProbe">;

/** A part's checks as kubelet takes them. */
export function probes({ checks: { start, ready, live }, checkedAs }: Pick<Workload, "checks" | "checkedAs">): Probes {
  return {
    ...(start && { startupProbe: probe(start, checkedAs) }),
    ...(ready && { readinessProbe: probe(ready, checkedAs) }),
    ...(live && { livenessProbe: probe(live, checkedAs) }),
  };
}

function probe(check: Check, host: string): Probe {
  const { everySeconds, timeoutSeconds, failures } = check;
  return {
    ...action(check, host),
    timeoutSeconds,
    periodSeconds: everySeconds,
    ...(failures !== undefined && { failureThreshold: failures }),
  };
}

function action({ http, command, port = 0 }: Check, host: string): Probe {
  if (command !== undefined) {
    return { exec: { command: command.map(escapeDollars) } };
  }
  return http === undefined
    ? { tcpSocket: { port } }
    : { httpGet: { path: http, port, httpHeaders: [{ name: "Host", value: host }] } };
}
