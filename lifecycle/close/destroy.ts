import { UserError } from "../../contract";
import { kubectl, type Place } from "../kubectl";
import { withLock } from "../lock";
import { findNamespace, type Namespace, refuseForeign } from "../namespace";
import { pulumi } from "../pulumi";
import { repairState } from "../repair";
import { stackName } from "../stack";
import type { Ask, CloseOptions } from "./close";
import { obstacles, whileDeleting } from "./obstacles";

/** What to do where a namespace isn't this preview's any more. */
export const takenOver = ". If it took this preview's place, delete the stack's state by hand: pulumi stack rm --force";

/**
 * Destroys all that the stack knows of, and the stack.
 *
 * @param namespace the preview's, where it has one
 */
export async function destroyStack(options: CloseOptions, namespace: Namespace | undefined, ask: Ask): Promise<void> {
  const { context, identity, report } = options;
  const place = placeOf(options);
  const stack = stackName(identity.owner.pullRequest);
  const destroy = async () => {
    let deletion: Promise<void> | undefined;
    const onLine = (line: string) => {
      if (namespace !== undefined && hasBegun(line)) {
        deletion ??= ask(`deleting the namespace ${place.namespace} and its pods`, () => deleteAtOnce(place, report));
      }
      context.onLine(line);
    };
    await pulumi({ ...context, onLine }, ["destroy", "--stack", stack, "--yes", "--skip-preview", "--remove"]);
    await deletion;
  };
  await withLock(
    context,
    stack,
    async () => {
      await repairState(context, stack, { namespace: place.namespace, exists: namespace !== undefined }, report);
      await whileDeleting(options, async () => {
        try {
          await ask(`destroying the stack ${stack}`, destroy);
        } catch (error) {
          // A cluster that can't be asked says no more than Pulumi did.
          const still = await findNamespace(place).catch(() => undefined);
          const reasons = still && (await obstacles(place, still));
          throw reasons === undefined || reasons.length === 0
            ? error
            : new UserError(`${(error as Error).message}\n${reasons.join("\n")}`);
        }
      });
    },
    { ...options, report },
  );
}

/** Deletes a namespace that no stack knows of, because the run that made it was killed before it could write that down. */
export async function deleteLeftNamespace(options: CloseOptions, ask: Ask): Promise<void> {
  const place = placeOf(options);
  const namespace = await findNamespace(place);
  if (namespace === undefined) {
    return;
  }
  refuseForeign(namespace, options.identity.owner, takenOver);
  await whileDeleting(options, async () => {
    try {
      await ask(`deleting the namespace ${place.namespace}, which no stack knows of`, () =>
        kubectl(place, ["delete", "namespace", place.namespace, "--ignore-not-found", "--timeout=120s"]),
      );
    } catch (error) {
      const still = await findNamespace(place);
      if (still === undefined) {
        return;
      }
      throw new UserError([(error as Error).message, ...(await obstacles(place, still))].join("\n"));
    }
  });
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
export async function deleteAtOnce(place: Place, report: (message: string) => void): Promise<void> {
  const options = ["--ignore-not-found", "--wait=false", "--request-timeout=15s"];
  try {
    await kubectl(place, ["delete", "deployments,statefulsets,jobs", "--all", ...options]);
    await kubectl(place, ["delete", "namespace", place.namespace, ...options]);
  } catch (error) {
    // Pulumi deletes them all the same.
    report((error as Error).message);
  }
}
