import { pulumi, type PulumiContext, silent } from "./pulumi";

/** A resource in a stack's state, with the fields that the lifecycle uses. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: {
    readonly metadata?: { readonly name?: string; readonly namespace?: string };
    /** A DNS record's. */
    readonly zoneId?: string;
    /** A provider's. */
    readonly clusterIdentifier?: unknown;
  };
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly deletedWith?: string;
}

/** What `pulumi stack export` prints. */
export interface State {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly StateResource[];
    readonly secrets_providers?: { readonly type?: string; readonly state?: Readonly<Record<string, string>> };
    readonly pending_operations?: readonly { readonly type: string; readonly resource: StateResource }[];
  };
}

export interface ExportOptions {
  /** Whether secrets are in plaintext, inside their marker objects. @default they are encrypted */
  readonly showSecrets?: boolean;
}

export async function exportState(
  context: PulumiContext,
  stack: string,
  { showSecrets = false }: ExportOptions = {},
): Promise<State> {
  const options = showSecrets ? ["--show-secrets"] : [];
  const text = await pulumi(showSecrets ? silent(context) : context, ["stack", "export", "--stack", stack, ...options]);
  // Null for a stack whose creation was interrupted.
  const { deployment, ...rest } = JSON.parse(text) as Omit<State, "deployment"> & {
    deployment: State["deployment"] | null;
  };
  return { ...rest, deployment: deployment ?? {} };
}

export async function importState(context: PulumiContext, stack: string, state: State): Promise<void> {
  await pulumi(context, ["stack", "import", "--stack", stack], JSON.stringify(state));
}

export const resourcesOf = ({ deployment }: State) => deployment.resources ?? [];
export const pendingOf = ({ deployment }: State) => deployment.pending_operations ?? [];

/** The state without a killed run's pending operations. The caller must look for what they created. */
export function withoutPending(state: State): State {
  return { ...state, deployment: { ...state.deployment, pending_operations: [] } };
}

/**
 * The state without a namespace that is gone, its objects, and all references to them. Everything else stays, such as the DNS
 * record and the random passwords.
 */
export function withoutNamespace(state: State, namespace: string): State {
  return without(
    state,
    ({ type, inputs }) =>
      type.startsWith("kubernetes:") &&
      (inputs?.metadata?.namespace === namespace ||
        (type === "kubernetes:core/v1:Namespace" && inputs?.metadata?.name === namespace)),
  );
}

/** The DNS records in a state. */
export const recordsOf = (state: State): StateResource[] =>
  resourcesOf(state).filter(({ type }) => type === "cloudflare:index/dnsRecord:DnsRecord");

/** Pulumi's marker for a secret in a state. */
const secretSignature = "4dabf18193072939515e22adb298388d";

/** Whether a value in a state is a secret: encrypted or, with `showSecrets`, in plaintext as JSON. */
export const isSecretMark = (value: unknown): value is { readonly plaintext?: string } =>
  typeof value === "object" && value !== null && secretSignature in value;

/** A cluster object, as recorded in a state. */
export interface KnownObject {
  readonly urn: string;
  readonly kind: string;
  /** The kind for `kubectl get`: `deployment.apps`. */
  readonly resource: string;
  readonly name: string;
  /** What the program set. */
  readonly inputs: unknown;
  /** What the cluster stored. */
  readonly outputs: unknown;
}

/** A namespace and its objects in a state. */
export const objectsIn = (state: State, namespace: string): KnownObject[] =>
  resourcesOf(state).flatMap(({ urn, type, inputs, outputs }) => {
    const [, group = "", kind = ""] = /^kubernetes:([\w.]+)\/\w+:(\w+)$/.exec(type) ?? [];
    const metadata = outputs?.metadata as { name?: string; namespace?: string } | undefined;
    const isOf = kind === "Namespace" ? metadata?.name === namespace : metadata?.namespace === namespace;
    const resource = group === "core" ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
    return isOf && metadata?.name !== undefined ? [{ urn, kind, resource, name: metadata.name, inputs, outputs }] : [];
  });

/** The state without DNS records that are gone, and without references to them. */
export function withoutRecords(state: State, ids: readonly string[]): State {
  const gone = recordsOf(state).filter(({ id }) => id !== undefined && ids.includes(id));
  return without(state, (resource) => gone.some(({ urn }) => urn === resource.urn));
}

function without(state: State, isGone: (resource: StateResource) => boolean): State {
  const gone = new Set(
    resourcesOf(state)
      .filter(isGone)
      .map(({ urn }) => urn),
  );
  const stays = (urn: string) => !gone.has(urn);
  const resources = resourcesOf(state)
    .filter(({ urn }) => stays(urn))
    .map((resource) => ({
      ...resource,
      ...(resource.dependencies && { dependencies: resource.dependencies.filter(stays) }),
      ...(resource.propertyDependencies && {
        propertyDependencies: Object.fromEntries(
          Object.entries(resource.propertyDependencies).map(([name, urns]) => [name, urns?.filter(stays) ?? null]),
        ),
      }),
    }));
  const pending = pendingOf(state).filter(({ resource }) => !isGone(resource));
  return { ...state, deployment: { ...state.deployment, resources, pending_operations: pending } };
}
