import type { DeploymentRecord, Outputs } from "../../contract";
import type { PulumiContext } from "./pulumi";
import { exportState, isSecretMark, resourcesOf, type State } from "./state";

/** The last successful deployment, by the stack's state. */
export interface Deployment {
  /** The state, with secrets in plaintext inside their marker objects. */
  readonly state: State;
  /** Empty if it never came up. */
  readonly outputs: Partial<Outputs>;
  /** Undefined if it never came up, or was deployed by a version without records. */
  readonly record?: DeploymentRecord;
  /** The uid of the cluster's namespace kube-system, known as soon as the first update has begun. */
  readonly cluster?: string;
  /** The first keys of the stack's file, with which `pulumi` encrypts and decrypts its secrets. */
  readonly header?: Readonly<Record<string, string>>;
}

/** @throws PulumiError if there is no such stack */
export async function deploymentOf(context: PulumiContext, stack: string): Promise<Deployment> {
  return deploymentIn(await exportState(context, stack, { showSecrets: true }));
}

export function deploymentIn(state: State): Deployment {
  const root = resourcesOf(state).find(({ type }) => type === "pulumi:pulumi:Stack");
  const provider = resourcesOf(state).find(({ type }) => type === "pulumi:providers:kubernetes");
  const outputs = inClear(root?.outputs ?? {}) as Partial<Outputs>;
  return {
    state,
    outputs,
    record: outputs.record,
    cluster: outputs.record?.cluster ?? (provider?.inputs?.clusterIdentifier as string | undefined),
    header: headerOf(state),
  };
}

function headerOf({ deployment }: State): Record<string, string> | undefined {
  const { type, state = {} } = deployment.secrets_providers ?? {};
  switch (type) {
    case "passphrase":
      return { encryptionsalt: state.salt! };
    case "cloud":
      return { secretsprovider: state.url!, encryptedkey: state.encryptedkey! };
    default:
      return undefined;
  }
}

function inClear(value: unknown): unknown {
  if (isSecretMark(value)) {
    return JSON.parse(value.plaintext ?? "null");
  }
  if (Array.isArray(value)) {
    return value.map(inClear);
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, below]) => [name, inClear(below)]))
    : value;
}
