import { UserError } from "../../contract";
import { kubectl, type Place } from "../kubectl";
import { withLock } from "../lock";
import { deleteNamespace, findNamespace, type Namespace, refuseForeign } from "../namespace";
import { pulumi } from "../pulumi";
import { repairState } from "../repair";
import { stackName } from "../stack";
import type { Ask, CloseOptions } from "./close";
import { obstacles, whileDeleting } from "./obstacles";

/**
 * Destroys all that the stack knows of, and the stack.
 *
 * @returns the namespace that was the preview's until then: one that is there later is another run's
 */
export async function destroyStack(options: CloseOptions, ask: Ask): Promise<Namespace | undefined> {
  const { context, identity, report } = options;
  const place = placeOf(options);
  const stack = stackName(identity.owner.pullRequest);
  const destroy = async (namespace: Namespace | undefined) => {
    let deletion: Promise<void> | undefined;
    const onLine = (line: string) => {
      if (namespace !== undefined && hasBegun(line)) {
        deletion ??= ask(`deleting the namespace ${place.namespace} and its pods`, () =>
          deleteAtOnce(place, namespace, report),
        );
      }
      context.onLine(line);
    };
    await pulumi({ ...context, onLine }, ["destroy", "--stack", stack, "--yes", "--skip-preview", "--remove"]);
    await deletion;
  };
  return withLock(
    context,
    stack,
    async () => {
      // Again, since waiting for the lock may have taken long.
      const namespace = await findNamespace(place);
      refuseTakenOver(namespace, options);
      await repairState(context, stack, { namespace: place.namespace, exists: namespace !== undefined }, report);
      await whileDeleting(options, async () => {
        try {
          await ask(`destroying the stack ${stack}`, () => destroy(namespace));
        } catch (error) {
          // A cluster that can't be asked says no more than Pulumi did.
          const still = await findNamespace(place).catch(() => undefined);
          const reasons = still && (await obstacles(place, still));
          throw reasons === undefined || reasons.length === 0
            ? error
            : new UserError(`${(error as Error).message}\n${reasons.join("\n")}`);
        }
      });
      return namespace;
    },
    { ...options, report },
  );
}

/**
 * Deletes a preview's namespace where the stack didn't know of it, because the run that made it was killed before it could
 * write that down.
 */
export async function deleteLeftNamespace(options: CloseOptions, namespace: Namespace, ask: Ask): Promise<void> {
  const place = placeOf(options);
  const left = async () => {
    const found = await findNamespace(place);
    return found?.uid === namespace.uid ? found : undefined;
  };
  if ((await left()) === undefined) {
    return;
  }
  await whileDeleting(options, async () => {
    try {
      await ask(`deleting the namespace ${place.namespace}, which no stack knows of`, async () => {
        await deleteNamespace(place, namespace);
        await kubectl(place, ["wait", "--for=delete", `namespace/${place.namespace}`, "--timeout=120s"]);
      });
    } catch (error) {
      const still = await left();
      if (still !== undefined) {
        throw new UserError([(error as Error).message, ...(await obstacles(place, still))].join("\n"));
      }
    }
  });
}

/** @throws UserError where a namespace of this name isn't this preview's any more */
export function refuseTakenOver(namespace: Namespace | undefined, { identity }: CloseOptions): void {
  if (namespace !== undefined) {
    const advice = ". If it took this preview's place, delete the stack's state by hand: pulumi stack rm --force";
    refuseForeign(namespace, identity.owner, advice);
  }
}

const placeOf = ({ identity }: CloseOptions): Place => ({
  kubeContext: identity.kubeContext,
  namespace: identity.names.namespace,
});

/** Whether `pulumi` says that it is deleting something: from then on it has the stack's lock. */
const hasBegun = (line: string) => /^ *- +\S+ \S+ deleting/.test(line);

/**
 * Begins in one moment what Pulumi does one by one. The namespace's controller looks 5 s after the deletion was asked for
 * and, if there is still a pod or a volume's claim, again seconds later: without any it is done the first time.
 */
export async function deleteAtOnce(
  place: Place,
  namespace: Namespace,
  report: (message: string) => void,
): Promise<void> {
  const options = ["--ignore-not-found", "--wait=false", "--request-timeout=15s"];
  try {
    if (await deleteNamespace(place, namespace)) {
      await kubectl(place, ["delete", "deployments,statefulsets,jobs", "--all", ...options]);
    }
  } catch (error) {
    // Pulumi deletes them all the same.
    report((error as Error).message);
  }
}
