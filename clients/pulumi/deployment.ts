import type { DeploymentRecord, Outputs } from "../../contract";
import type { PulumiContext } from "./pulumi";
import { exportState, isSecretMark, resourcesOf, type State } from "./state";

/** What a stack's state says of what was deployed last with success. */
export interface Deployment {
  /** Secrets of the stack's outputs in clear, those of resources as objects that nothing here looks into. */
  readonly state: State;
  /** Without any where it never came up. */
  readonly outputs: Partial<Outputs>;
  /** Undefined where it never came up, or was brought up by a version that wrote none. */
  readonly record?: DeploymentRecord;
  /** The uid of the cluster's namespace kube-system, also where an update has only begun. */
  readonly cluster?: string;
  /** What a stack's file begins with, so that its secrets are encrypted with the stack's key. */
  readonly header?: Readonly<Record<string, string>>;
}

/** @throws PulumiError where there is no such stack */
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
