import { setTimeout as sleep } from "node:timers/promises";
import { limits, UserError } from "../../contract";
import { placeOf } from "../inventory/identity";
import { kubectl, type NamespaceRef } from "../../clients/kubernetes/kubectl";
import { deleteNamespace, findNamespace, type Namespace } from "../../clients/kubernetes/namespace";
import { pulumi, refusalOf } from "../../clients/pulumi/pulumi";
import { repairState } from "../../clients/pulumi/repair-state";
import { stackName } from "../../clients/pulumi/stacks";
import type { Ask, CloseOptions } from "./options";
import { obstacles, whileDeleting } from "./obstacles";

/**
 * Destroys the stack's resources, and removes the stack.
 *
 * @param namespace the preview's, if it exists
 * @throws PulumiError with a refusal if another run holds the lock
 */
export async function destroyStack(options: CloseOptions, namespace: Namespace | undefined, ask: Ask): Promise<void> {
  const place = placeOf(options.identity);
  const started = performance.now();
  const left = () => limits.namespaceDeletionSeconds - (performance.now() - started) / 1000;
  await whileDeleting(options, async () => {
    // The deployer's rights go early in a namespace's deletion: its objects can't be deleted one by one any more.
    if (namespace?.phase === "Terminating") {
      // Fails once the rights are gone.
      await endPods(place).catch(() => undefined);
      await waitUntilDeleted(place, namespace, left());
      return destroy(options, undefined, ask);
    }
    try {
      await destroy(options, namespace, ask);
    } catch (error) {
      if (namespace === undefined || !lacksRights(error) || !(await isTerminating(place, namespace))) {
        throw await explained(error, place);
      }
      await waitUntilDeleted(place, namespace, left());
      await destroy(options, undefined, ask);
    }
  });
}

async function destroy(options: CloseOptions, namespace: Namespace | undefined, ask: Ask): Promise<void> {
  const { context, identity, report } = options;
  const place = placeOf(identity);
  const stack = stackName(identity.owner.pullRequest);
  await repairState(context, stack, { namespace: place.namespace, exists: namespace !== undefined }, report);
  let deletion: Promise<void> | undefined;
  const onLine = (line: string) => {
    if (namespace !== undefined && hasBegun(line)) {
      deletion ??= ask(`deleting the namespace ${place.namespace} and its pods`, () =>
        deleteAtOnce(place, namespace, report),
      );
    }
    context.onLine(line);
  };
  await ask(`destroying the stack ${stack}`, () =>
    pulumi({ ...context, onLine }, ["destroy", "--stack", stack, "--yes", "--skip-preview", "--remove"]),
  );
  await deletion;
}

/** Whether the cluster refused: the deployer's rights in a namespace go with it. */
const lacksRights = (error: unknown) => /forbidden/i.test((error as Error).message) && refusalOf(error) === undefined;

/** Adds what the namespace is waiting for, if the cluster can be asked. */
async function explained(error: unknown, place: NamespaceRef): Promise<unknown> {
  const still = refusalOf(error) === undefined ? await findNamespace(place).catch(() => undefined) : undefined;
  const reasons = still === undefined ? [] : await obstacles(place, still);
  return reasons.length === 0 ? error : new UserError([(error as Error).message, ...reasons].join("\n"));
}

/** Whether `pulumi` reports its first deletion: from then on it holds the stack's lock. */
const hasBegun = (line: string) => /^ *- +\S+ \S+ deleting/.test(line);

/**
 * Deletes at once what Pulumi would delete one by one. The namespace controller looks 5 s after the request and, if a pod or a
 * claim is still there, again seconds later: without any it is done the first time.
 */
export async function deleteAtOnce(
  place: NamespaceRef,
  namespace: Namespace,
  report: (message: string) => void,
): Promise<void> {
  const options = ["--ignore-not-found", "--wait=false", "--request-timeout=15s"];
  try {
    if (await deleteNamespace(place, namespace)) {
      // Nothing makes pods again in a namespace that is being deleted, and the rights to delete them last for seconds. Pods come
      // first: deleted after their workload, they would have their own time to stop.
      await endPods(place);
      await kubectl(place, ["delete", "deployments,statefulsets,jobs", "--all", ...options]);
    }
  } catch (error) {
    // Pulumi deletes them anyway.
    report((error as Error).message);
  }
}

/**
 * Ends the pods within seconds, whatever `stopSeconds` lets them have: nobody needs what they would still do. A pod that is
 * being stopped already keeps its time.
 */
async function endPods(place: NamespaceRef): Promise<void> {
  const options = ["--ignore-not-found", "--wait=false", "--request-timeout=15s"];
  await kubectl(place, ["delete", "pods", "--all", `--grace-period=${limits.podEndSeconds}`, ...options]);
}

/**
 * Deletes an orphaned namespace: the run that created it was killed before it could save its state.
 */
export async function deleteLeftNamespace(options: CloseOptions, namespace: Namespace, ask: Ask): Promise<void> {
  const place = placeOf(options.identity);
  if ((await stillThere(place, namespace)) === undefined) {
    return;
  }
  await whileDeleting(options, () =>
    ask(`deleting the namespace ${place.namespace}, which is in no stack's state`, async () => {
      await deleteNamespace(place, namespace);
      await endPods(place).catch((error: unknown) => options.report((error as Error).message));
      await waitUntilDeleted(place, namespace, limits.namespaceDeletionSeconds);
    }),
  );
}

/** The same namespace, read again; undefined if it is gone, even if another run has created one of the same name. */
async function stillThere(place: NamespaceRef, { uid }: Namespace): Promise<Namespace | undefined> {
  const found = await findNamespace(place);
  return found?.uid === uid ? found : undefined;
}

/** Whether it is being deleted, or is gone. */
const isTerminating = async (place: NamespaceRef, namespace: Namespace): Promise<boolean> =>
  (await stillThere(place, namespace))?.phase !== "Active";

/** @throws UserError that says what it is waiting for, when the time is up */
async function waitUntilDeleted(place: NamespaceRef, namespace: Namespace, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const still = await stillThere(place, namespace);
    if (still === undefined) {
      return;
    }
    if (performance.now() > deadline) {
      throw new UserError(
        [`namespace ${place.namespace} is still being deleted`, ...(await obstacles(place, still))].join("\n"),
      );
    }
    await sleep(500);
  }
}
