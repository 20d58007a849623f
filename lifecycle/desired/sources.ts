import { imageSetting, keptPaths, type Leaves, recordFrom, withoutPaths } from "../../contract";
import { deployedGeneration } from "../../clients/kubernetes/generation";
import type { Deployment } from "../../clients/pulumi/deployment";
import type { NamespaceRef } from "../../clients/kubernetes/kubectl";
import { findNamespace } from "../../clients/kubernetes/namespace";
import { inPrivateFolder } from "../../clients/pulumi/private-folder";
import { pulumi, type PulumiContext } from "../../clients/pulumi/pulumi";
import type { Sources } from "./compose";
import {
  fileAt,
  type OwnFile,
  ownFile,
  plainSettings,
  sharedSettings,
  stackFile,
} from "../../clients/pulumi/configuration/stack-file";

export interface SourcesOptions {
  readonly context: PulumiContext;
  readonly stack: string;
  /** Whether the backend has the stack `preview`. */
  readonly hasShared: boolean;
  readonly deployment: Deployment;
  /** Whether to read this checkout's file. */
  readonly usesFile: boolean;
  readonly given: Leaves;
}

/** Reads everything that determines a preview's configuration. */
export async function sourcesOf(options: SourcesOptions): Promise<Sources> {
  const { context, stack, hasShared, deployment, usesFile, given } = options;
  const shared = hasShared ? sharedSettings(context) : undefined;
  const { record } = deployment;
  const own = usesFile ? await ownFile(context, stack, { shared, isDeployed: record !== undefined }) : undefined;
  const found = own ?? (record === undefined ? await formerFile(options, shared) : undefined);
  const file = record === undefined && found !== undefined ? await withFormerSleep(found, deployment) : found;
  return { stack, shared, deployed: record, file, given };
}

/** Without the database's generation: the cluster can tell it only once it is known where the preview is. */
export function withoutDatabase(sources: Sources): Sources {
  const without = (leaves: Leaves) => withoutPaths(leaves, [keptPaths.generation]);
  const { file } = sources;
  return file === undefined
    ? sources
    : { ...sources, file: { ...file, settings: without(file.settings), copy: file.copy && without(file.copy) } };
}

/** With the generation of the existing database, if the file sets one. */
export async function withGeneration(sources: Sources, place: NamespaceRef): Promise<Sources> {
  const { settings = {}, copy = {} } = sources.file ?? {};
  const isSaid = [settings, copy].some((leaves) => keptPaths.generation in leaves);
  return isSaid ? { ...sources, generation: await deployedGeneration(place) } : sources;
}

/** The configuration of a preview that was deployed before there were records, as far as it is known. */
async function formerFile(options: SourcesOptions, shared: Leaves | undefined): Promise<OwnFile | undefined> {
  const { context, stack, deployment } = options;
  const { images } = deployment.outputs;
  if (images === undefined) {
    // It never came up: the backend only has what was attempted.
    return shared === undefined ? formerConfiguration(context, stack, shared) : undefined;
  }
  const former = await formerConfiguration(context, stack, shared);
  const ordered = Object.entries(images).map(([name, image]) => [imageSetting(name), image]);
  const settings = { ...shared, ...former?.settings, ...(Object.fromEntries(ordered) as Leaves) };
  return { header: {}, secrets: [], ...former, settings };
}

/** Before there were records, an annotation on the namespace said whether the preview sleeps, or else the file. */
async function withFormerSleep(file: OwnFile, { outputs: { namespace } }: Deployment): Promise<OwnFile> {
  const { settings } = file;
  if (namespace === undefined) {
    return file;
  }
  const found = await findNamespace({ kubeContext: String(settings.kubeContext), namespace }).catch(() => undefined);
  const { asleep } = recordFrom(found?.annotations ?? {});
  const isAsleep = asleep || settings[keptPaths.asleep] === "true";
  return { ...file, settings: { ...settings, [keptPaths.asleep]: String(isAsleep) } };
}

/** The settings that say where a preview is: those deployed last, or else the best that is known. */
export async function knownSettings(
  context: PulumiContext,
  stack: string,
  deployment: Deployment | undefined,
  hasShared: boolean,
): Promise<Leaves | undefined> {
  return (
    deployment?.record?.settings ??
    (deployment === undefined && hasShared ? undefined : plainSettings(context, stack)) ??
    (deployment && (await formerConfiguration(context, stack))?.settings) ??
    (hasShared ? sharedSettings(context) : undefined)
  );
}

/** The configuration of a stack's latest update, even a failed one, from the backend; undefined before the first. */
async function formerConfiguration(
  context: PulumiContext,
  stack: string,
  shared?: Leaves,
): Promise<OwnFile | undefined> {
  return inPrivateFolder(context, async (inside) => {
    const file = stackFile(inside, stack);
    try {
      await pulumi(inside, ["config", "refresh", "--stack", stack, "--force", "--config-file", file]);
      const former = await fileAt({ context: inside, stack, shared, file });
      return former && { ...former, text: undefined };
    } catch (error) {
      if (!(error as Error).message.includes("no previous deployment")) {
        throw error;
      }
      return undefined;
    }
  });
}
