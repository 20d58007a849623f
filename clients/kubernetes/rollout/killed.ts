import { execa } from "execa";
import { limits } from "../../../contract";
import type { Pod } from "../types";
import { sanitizeLine } from "../../process/sanitize-output";
import type { NamespaceRef } from "../kubectl";

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
  // One event of the watch per line; with --watch and a jsonpath kubectl prints no change.
  const path = `/api/v1/namespaces/${namespace}/pods?watch=true`;
  const watch = execa("kubectl", ["--context", kubeContext, "get", "--raw", path], {
    stdin: "ignore",
    cancelSignal: signal,
    reject: false,
    buffer: false,
  });
  const reported = new Set<string>();
  try {
    for await (const line of watch) {
      const pod = killedPod(String(line));
      if (pod !== undefined && !reported.has(pod.name)) {
        reported.add(pod.name);
        report(
          `pod ${sanitizeLine(pod.name)} did not end within ${pod.graceSeconds} s and was killed (SIGKILL), with the requests ` +
            "that it was answering: its server must be the container's first process (exec) and exit on SIGTERM",
        );
      }
    }
  } catch {
    // The watch is for information only; it ends with the signal.
  }
}

/** The pod that an event of the watch says was killed while it was being deleted; undefined for any other line. */
export function killedPod(line: string): { name: string; graceSeconds: number } | undefined {
  const { metadata, spec, status } = eventObject(line) ?? {};
  const ends = status?.containerStatuses?.map(({ state }) => state?.terminated) ?? [];
  // Without OOMKilled, which has the same exit code.
  const isKilled = ends.some((end) => end?.exitCode === 137 && end.reason === "Error");
  return metadata?.deletionTimestamp !== undefined && isKilled
    ? { name: metadata.name, graceSeconds: spec?.terminationGracePeriodSeconds ?? limits.podEndSeconds }
    : undefined;
}

function eventObject(line: string): Partial<Pod> | undefined {
  try {
    return (JSON.parse(line) as { readonly object?: Partial<Pod> }).object;
  } catch {
    return undefined;
  }
}
