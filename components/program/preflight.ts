import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  foreignOwner,
  namedMiddlewares,
  wrongCluster,
  ownerLabels,
  recordFrom,
  referenceOf,
  type Settings,
  SettingsError,
  UserError,
} from "../../contract";
import type { LivingDatabase } from "../living-database";
import { routePrerequisite } from "../public-host";

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly spec?: { readonly controller?: string };
  readonly status?: { readonly phase?: string };
}

/** What exists of a preview before an update. */
export interface Existing {
  /** The uid of the namespace kube-system, which identifies the cluster. */
  readonly cluster?: string;
  /** Whether the namespace's annotations say that it sleeps. Older versions wrote no other record. */
  readonly asleep?: boolean;
  /** Undefined if there is none, or if it may not be read. */
  readonly database?: LivingDatabase;
}

/**
 * Checks the cluster before anything is created: that it is reachable, that the namespace is free or ours, that the preview
 * isn't in another namespace or cluster, and that the route's prerequisite exists, with its middlewares. Uses `kubectl`, which supports every
 * kubeconfig and its credential plugins.
 *
 * @param deployedIn the preview's cluster, by the uid of its namespace kube-system @default unknown
 * @throws SettingsError that names the setting; UserError with kubectl's message if the cluster can't be queried
 */
export async function preflight(settings: Settings, deployedIn?: string): Promise<Existing & { cluster: string }> {
  const [objects, elsewhere, middlewares] = await Promise.all([
    objectsOf(settings),
    namespacesOf(settings),
    middlewaresFor(settings),
  ]);
  const cluster = objects.find(({ metadata }) => metadata.name === "kube-system")?.metadata.uid ?? "";
  const problems =
    deployedIn !== undefined && deployedIn !== cluster
      ? [`kubeContext: ${wrongCluster(settings, cluster, deployedIn)}`]
      : [
          ...clusterProblems(settings, objects),
          ...movedNamespace(settings, elsewhere),
          ...missingMiddlewares(settings, objects, middlewares),
        ];
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
  const namespace = objects.find(
    ({ kind, metadata }) => kind === "Namespace" && metadata.name === settings.names.namespace,
  );
  if (namespace === undefined) {
    return { cluster };
  }
  const { asleep } = recordFrom(namespace.metadata.annotations ?? {});
  return { cluster, asleep, database: await databaseOf(settings) };
}

/** Refuses to move a preview to another namespace: the update would delete the old one with its data. */
export function movedNamespace({ names, owner }: Settings, namespaces: readonly KubernetesObject[]): string[] {
  return namespaces
    .filter(
      ({ metadata }) => metadata.name !== names.namespace && foreignOwner(metadata.labels ?? {}, owner) === undefined,
    )
    .map(
      ({ metadata }) =>
        `prefix: the preview is in the namespace ${metadata.name}; moving it to ${names.namespace} would lose its data. ` +
        `Undo the change, or close the preview first (preview close ${owner.pullRequest})`,
    );
}

/** Why these settings can't be deployed to a cluster with these objects. */
export function clusterProblems(settings: Settings, objects: readonly KubernetesObject[]): string[] {
  const { namespace } = settings.names;
  const need = routePrerequisite(settings);
  const found = objects.find(({ kind, metadata }) => kind === "Namespace" && metadata.name === namespace);
  const problems: string[] = [];
  if (found !== undefined) {
    const whose = foreignOwner(found.metadata.labels ?? {}, settings.owner);
    if (whose !== undefined) {
      problems.push(`namespace ${namespace} exists and belongs to another owner: ${whose}`);
    } else if (found.status?.phase === "Terminating") {
      problems.push(`namespace ${namespace} is still being deleted; try again once it is gone`);
    }
  }
  if (!objects.some(({ kind }) => kind === need.kind)) {
    problems.push(need.problem);
  }
  return problems;
}

/**
 * Where a middleware isn't there that an Ingress names, Traefik answers 404 to everything.
 *
 * @param middlewares what the cluster has of them, undefined where nobody may look
 */
export function missingMiddlewares(
  { ingress }: Settings,
  objects: readonly KubernetesObject[],
  middlewares: readonly KubernetesObject[] | undefined,
): string[] {
  const isTraefiks = objects.some(({ kind, spec }) => kind === "IngressClass" && spec?.controller?.includes("traefik"));
  if (!isTraefiks || middlewares === undefined) {
    return [];
  }
  const there = middlewares.map(({ metadata }) => `${metadata.namespace}-${metadata.name}`);
  return namedMiddlewares(ingress.annotations)
    .filter((name) => !there.includes(name))
    .map((name) => `ingress.annotations: the cluster has no Middleware ${name} (<namespace>-<name>) of Traefik's`);
}

/** By the API group that it has been in since Traefik 2.10, and the one before. */
const middlewareKinds = ["middlewares.traefik.io", "middlewares.traefik.containo.us"];

/** All that the cluster has, where the settings name one; undefined where nobody may look, as a deployer mayn't. */
async function middlewaresFor({ kubeContext, ingress }: Settings): Promise<KubernetesObject[] | undefined> {
  if (namedMiddlewares(ingress.annotations).length === 0) {
    return [];
  }
  const lists = middlewareKinds.map((kind) =>
    get<KubernetesObject>(kubeContext, kind, "--all-namespaces").catch((error: Error) =>
      error.message.includes("doesn't have a resource type") ? [] : undefined,
    ),
  );
  const found = await Promise.all(lists);
  return found.includes(undefined) ? undefined : found.flatMap((list) => list ?? []);
}

const objectsOf = (settings: Settings) =>
  get<KubernetesObject>(
    settings.kubeContext,
    "namespace/kube-system",
    `namespace/${settings.names.namespace}`,
    routePrerequisite(settings).object,
  );

/** All namespaces with this owner's labels. */
function namespacesOf({ kubeContext, owner }: Settings): Promise<KubernetesObject[]> {
  const selector = Object.entries(ownerLabels(owner)).map(([name, value]) => `${name}=${value}`);
  return get(kubeContext, "namespaces", `--selector=${selector.join()}`);
}

/** Undefined if the deployer may not read it: a run that was killed may not have created the RoleBinding yet. */
async function databaseOf({ kubeContext, names, parts }: Settings): Promise<LivingDatabase | undefined> {
  const place = `--namespace=${names.namespace}`;
  try {
    const [database] = await get<LivingDatabase>(kubeContext, referenceOf(parts.db), place);
    return database;
  } catch (error) {
    if (/forbidden/i.test((error as Error).message)) {
      return undefined;
    }
    throw error;
  }
}

async function get<Found>(kubeContext: string, ...what: readonly string[]): Promise<Found[]> {
  const options = [`--context=${kubeContext}`, "--ignore-not-found", "--output=json", "--request-timeout=15s"];
  try {
    const { stdout } = await promisify(execFile)("kubectl", ["get", ...what, ...options]);
    return parse<Found>(stdout);
  } catch (error) {
    throw new UserError(unreachable(kubeContext, error as NodeJS.ErrnoException & { stderr?: string }));
  }
}

/** kubectl prints nothing for no object, the object itself for one, a List for several. */
function parse<Found>(stdout: string): Found[] {
  if (stdout.trim() === "") {
    return [];
  }
  const answer = JSON.parse(stdout) as Found & { items?: Found[] };
  return answer.items ?? [answer];
}

function unreachable(context: string, error: NodeJS.ErrnoException & { stderr?: string }): string {
  if (error.code === "ENOENT") {
    return "kubectl is not on PATH; install it (https://kubernetes.io/docs/tasks/tools/) and try again";
  }
  const said = error.stderr?.trim().split("\n").at(-1) ?? error.message;
  return `kubeContext: can't query the cluster of ${JSON.stringify(context)}, and nothing was changed: ${said}`;
}
