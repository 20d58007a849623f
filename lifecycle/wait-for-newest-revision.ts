import { setTimeout as sleep } from "node:timers/promises";
import { type Part, standardPartList, UserError } from "../contract";
import { previewClient } from "../clients/http/client";
import type { NamespaceRef } from "../clients/kubernetes/kubectl";
import { findNamespace } from "../clients/kubernetes/namespace";
import { type HostAnswer, isServerError, NotServing, waitUntilServing } from "../clients/http/serving";
import { anyOf } from "../clients/process/signals";
import { middlewaresOf } from "../clients/kubernetes/middlewares";
import { rolledOut, frontIsReady } from "../clients/kubernetes/rollout/rolled-out";
import { serverErrors } from "../clients/kubernetes/rollout/server-errors";
import { whileWatching } from "../clients/kubernetes/rollout/watch";

export interface NewestRevisionOptions {
  readonly place: NamespaceRef;
  /** The public host. */
  readonly url: string;
  /** The preview's parts. @default those that every preview has */
  readonly parts?: readonly Part[];
  /** Whether others can read the output. */
  readonly isPublic: boolean;
  readonly report: (message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Waits until only the newest revision serves at the public host.
 *
 * @returns the API's answer through that host
 * @throws UserError that names the failing object or the host's last answer and what explains it, or says that the namespace
 *   was deleted
 */
export async function waitForNewestRevision(options: NewestRevisionOptions): Promise<HostAnswer> {
  const { place, url, parts = standardPartList, isPublic, report, signal } = options;
  const isMigration = (part: string) => parts.some(({ name, role }) => name === part && role === "migration");
  const ended = new AbortController();
  const deletion = deletionOf(place, ended.signal);
  try {
    return await whileWatching(
      { place, parts, isPublic, report, concerns: (part) => !isMigration(part) },
      async (unrecoverable) => {
        const over = anyOf(unrecoverable, deletion, signal);
        await rolledOut(place, { parts, signal: over });
        const ready = () => frontIsReady(place, parts);
        return waitUntilServing(url, {
          dispatcher: previewClient([url]),
          frontIsReady: ready,
          report,
          signal: over,
        }).catch(async (error) => {
          throw error instanceof NotServing ? await explained(error, options) : error;
        });
      },
    );
  } finally {
    ended.abort();
  }
}

/** Adds the servers' last errors to a 5xx, and the middlewares that may be missing to a 404. */
async function explained(error: NotServing, options: NewestRevisionOptions): Promise<UserError> {
  const { last, message } = error;
  if (isServerError(last)) {
    return new UserError([message, await serverErrors(options)].join("\n").trimEnd());
  }
  return last.status === 404 ? new UserError(`${message}${await middlewaresOf(options.place)}`) : error;
}

/** Aborted with a UserError if somebody deletes the namespace meanwhile. */
function deletionOf(place: NamespaceRef, ended: AbortSignal): AbortSignal {
  const deletion = new AbortController();
  const watch = async () => {
    while (!ended.aborted) {
      await sleep(3000, undefined, { signal: ended }).catch(() => undefined);
      const phase = await findNamespace(place).then(
        (namespace) => namespace?.phase ?? "deleted",
        () => "unknown",
      );
      if (phase === "Terminating" || phase === "deleted") {
        deletion.abort(
          new UserError(
            `namespace ${place.namespace} has been deleted since the update; the same command recreates it`,
          ),
        );
        return;
      }
    }
  };
  void watch();
  return deletion.signal;
}
