import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { dnsComment, limits, type Receipt, type Remains, remains, type Observation, UserError } from "../../contract";
import { placeOf } from "../inventory/identity";
import { findNamespace, type Namespace, volumesOf } from "../../clients/kubernetes/namespace";
import { stackFile } from "../../clients/pulumi/configuration/stack-file";
import { stackName, stackNames } from "../../clients/pulumi/stacks";
import type { CloseOptions } from "./options";

/** Everything that exists of a preview at one moment. */
export interface Look {
  readonly names: Record<Remains, string[]>;
  readonly namespace?: Namespace;
  readonly recordIds: readonly string[];
  /** Why a kind couldn't be checked. */
  readonly notChecked: Partial<Record<Remains, string>>;
}

/** @throws UserError if the cluster or the backend can't be asked */
export async function look(options: CloseOptions): Promise<Look> {
  const looked = await lookAsFarAsPossible(options);
  const { namespace, stack } = looked.notChecked;
  if (namespace !== undefined || stack !== undefined) {
    throw new UserError([namespace, stack].filter((why) => why !== undefined).join("\n"));
  }
  return looked;
}

async function lookAsFarAsPossible(options: CloseOptions): Promise<Look> {
  const { context, identity } = options;
  const place = placeOf(identity);
  const notChecked: { -readonly [Kind in Remains]?: string } = {};
  const unless = <Found>(kind: Remains, asked: Promise<Found>, otherwise: Found): Promise<Found> =>
    asked.catch((error: unknown) => {
      notChecked[kind] = (error as Error).message;
      return otherwise;
    });
  const [namespace, volumes, records, stacks] = await Promise.all([
    unless("namespace", findNamespace(place), undefined),
    unless("volumes", volumesOf(place), []),
    unless("dnsRecords", ownRecords(options), []),
    unless("stack", stackNames(context), []),
  ]);
  const stack = stackName(identity.owner.pullRequest);
  const names = {
    namespace: namespace === undefined ? [] : [namespace.name],
    volumes,
    dnsRecords: records.map(({ name }) => name),
    stack: stacks.filter((name) => name === stack),
    configFile: existsSync(configFile(options)) ? [`Pulumi.${stack}.yaml`] : [],
  };
  return { names, namespace, recordIds: records.map(({ id }) => id), notChecked };
}

const configFile = ({ context, identity }: CloseOptions): string =>
  stackFile(context, stackName(identity.owner.pullRequest));

/** The zone's records whose comment says that they are this preview's. */
export async function ownRecords({ dns, identity }: CloseOptions): Promise<{ id: string; name: string }[]> {
  const comment = dnsComment(identity.owner);
  return dns === undefined ? [] : (await dns.ownedRecords()).filter((record) => record.comment === comment);
}

/**
 * Checks for a while what is still there: a volume outlives its namespace. What was seen to be gone isn't checked again, since
 * another run may already be recreating it.
 */
export async function waitUntilGone(options: CloseOptions): Promise<Receipt["seen"]> {
  const deadline = performance.now() + limits.remainsSeconds * 1000;
  let before: Partial<Receipt["seen"]> = {};
  for (;;) {
    const seen = sightings(await lookAsFarAsPossible(options), before);
    if (Object.values(seen).every(({ state }) => state !== "still there") || performance.now() > deadline) {
      return seen;
    }
    before = seen;
    await sleep(500);
  }
}

function sightings({ names, notChecked }: Look, before: Partial<Receipt["seen"]>): Receipt["seen"] {
  const at = new Date().toISOString();
  const sighting = (kind: Remains): Observation => {
    const earlier = before[kind];
    if (earlier?.state === "gone") {
      return earlier;
    }
    const why = notChecked[kind];
    if (why !== undefined) {
      return { state: "not checked", why };
    }
    return names[kind].length === 0 ? { state: "gone", at } : { state: "still there", what: names[kind] };
  };
  return Object.fromEntries(remains.map((kind) => [kind, sighting(kind)])) as Receipt["seen"];
}
