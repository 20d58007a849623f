import { kubectl, type NamespaceRef } from "../kubectl";
import type { EndedContainer } from "./waits";

/**
 * What a container has printed last, from its log; empty where there is none any more. Not from the pod's status: that goes
 * into Pulumi's state and its history, in clear, and a container may print a secret.
 */
export async function lastWordsOf(place: NamespaceRef, ended: EndedContainer | undefined): Promise<string> {
  if (ended === undefined) {
    return "";
  }
  const options = [`--container=${ended.name}`, "--tail=10", "--limit-bytes=16384", "--request-timeout=15s"];
  const former = ended.isFormer ? ["--previous"] : [];
  return kubectl(place, ["logs", ended.pod, ...options, ...former]).catch(() => "");
}
