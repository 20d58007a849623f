import { execa } from "execa";
import { limits } from "../../../contract";
import { sanitizeLine } from "../../process/sanitize-output";
import type { NamespaceRef } from "../kubectl";

/** One line for each state of a pod: its name, when it had to be gone, how its containers ended. kubectl makes spaces of tabs. */
const columns =
  '{.metadata.name}{"|"}{.metadata.deletionTimestamp}{"|"}' +
  '{range .status.containerStatuses[*]}{.state.terminated.exitCode}{" "}{.state.terminated.reason}{","}{end}{"\\n"}';

/**
 * Reports pods that are deleted and don't end in time, until the signal aborts. Watches the pods: a pod's end can be seen only
 * for the moment between its container's end and its own deletion. What a watch that breaks off has missed isn't reported.
 */
export async function reportKilled(
  place: NamespaceRef,
  report: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { kubeContext, namespace } = place;
  const where = ["--context", kubeContext, "--namespace", namespace];
  const watch = execa("kubectl", [...where, "get", "pods", "--watch", `--output=jsonpath=${columns}`], {
    stdin: "ignore",
    cancelSignal: signal,
    reject: false,
    buffer: false,
  });
  const reported = new Set<string>();
  try {
    for await (const line of watch) {
      const pod = killedPod(String(line));
      if (pod !== undefined && !reported.has(pod)) {
        reported.add(pod);
        report(
          `pod ${sanitizeLine(pod)} did not end within ${limits.podEndSeconds} s and was killed (SIGKILL), with the requests ` +
            "that it was answering: its server must be the container's first process (exec) and exit on SIGTERM",
        );
      }
    }
  } catch {
    // The watch is for information only; it ends with the signal.
  }
}

/** The pod that a line of the watch says was killed while it was being deleted; undefined for any other line. */
export function killedPod(line: string): string | undefined {
  const [pod = "", deletion = "", ends = ""] = line.split("|");
  // Without OOMKilled, which has the same exit code.
  const isKilled = ends.split(",").some((end) => end === "137 Error");
  return deletion !== "" && isKilled ? pod : undefined;
}
