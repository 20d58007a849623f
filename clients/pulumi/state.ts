import { pulumi, type PulumiContext, silent } from "./pulumi";

/** A resource in a stack's state, as far as the lifecycle looks at it. */
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
  /** Whether secrets are in clear, beside their marks. @default they are encrypted */
  readonly showSecrets?: boolean;
}

export async function exportState(
  context: PulumiContext,
  stack: string,
  { showSecrets = false }: ExportOptions = {},
): Promise<State> {
  const options = showSecrets ? ["--show-secrets"] : [];
  const text = await pulumi(showSecrets ? silent(context) : context, ["stack", "export", "--stack", stack, ...options]);
  // Null for a stack whose making was cut short.
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

/** The state without the operations that a killed run has left in it: a caller that drops them looks for what they made. */
export function withoutPending(state: State): State {
  return { ...state, deployment: { ...state.deployment, pending_operations: [] } };
}

/**
 * The state of a stack whose namespace is gone: without it and all that was in it, nor any mention of them. What is
 * elsewhere stays, the DNS record and the random passwords among it.
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

/** The DNS records that a state knows of. */
export const recordsOf = (state: State): StateResource[] =>
  resourcesOf(state).filter(({ type }) => type === "cloudflare:index/dnsRecord:DnsRecord");

/** How a state marks a secret. */
const secretSignature = "4dabf18193072939515e22adb298388d";

/** Whether a value of a state is a secret, encrypted or with its value as JSON where that was asked for. */
export const isSecretMark = (value: unknown): value is { readonly plaintext?: string } =>
  typeof value === "object" && value !== null && secretSignature in value;

/** An object of the cluster as a state knows it. */
export interface KnownObject {
  readonly urn: string;
  readonly kind: string;
  /** As `kubectl get` takes the kind: `deployment.apps`. */
  readonly resource: string;
  readonly name: string;
  /** What the program has set. */
  readonly inputs: unknown;
  /** What the cluster made of it. */
  readonly outputs: unknown;
}

/** A namespace and its objects, as a state knows them. */
export const objectsIn = (state: State, namespace: string): KnownObject[] =>
  resourcesOf(state).flatMap(({ urn, type, inputs, outputs }) => {
    const [, group = "", kind = ""] = /^kubernetes:([\w.]+)\/\w+:(\w+)$/.exec(type) ?? [];
    const metadata = outputs?.metadata as { name?: string; namespace?: string } | undefined;
    const isOf = kind === "Namespace" ? metadata?.name === namespace : metadata?.namespace === namespace;
    const resource = group === "core" ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
    return isOf && metadata?.name !== undefined ? [{ urn, kind, resource, name: metadata.name, inputs, outputs }] : [];
  });

/** The state without DNS records that are gone, nor any mention of them. */
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
