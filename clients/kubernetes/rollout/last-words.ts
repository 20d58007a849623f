import { kubectl, type NamespaceRef } from "../kubectl";
import type { EndedContainer } from "./waits";

/**
 * The last lines of a container's log; empty if it is gone. Not from the pod's status, which ends up in Pulumi's state and history
 * in plaintext: a container may print a secret.
 */
export async function lastWordsOf(place: NamespaceRef, ended: EndedContainer | undefined): Promise<string> {
  if (ended === undefined) {
    return "";
  }
  const options = [`--container=${ended.name}`, "--tail=10", "--limit-bytes=16384", "--request-timeout=15s"];
  const former = ended.isFormer ? ["--previous"] : [];
  return kubectl(place, ["logs", ended.pod, ...options, ...former]).catch(() => "");
}
