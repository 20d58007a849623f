import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { restoreCutOffStates, secretsProvider } from "./backend";
import { lockIn } from "./lock";
import { outputsOf } from "./outputs";
import { report } from "./project";
import { pulumi, type PulumiContext, refusalOf } from "./pulumi";

interface StackSummary {
  readonly name: string;
}

/** The name of the stack that brings a pull request up. */
export const stackName = (pullRequest: number) => `pr-${pullRequest}`;

/** Where `pulumi` keeps a stack's configuration. */
export const configurationFile = ({ project }: PulumiContext, stack: string) => join(project, `Pulumi.${stack}.yaml`);

/** The project's stacks, as the backend knows them. */
export async function stacks(context: PulumiContext): Promise<StackSummary[]> {
  const list = () => pulumi(context, ["stack", "ls", "--json"]);
  const text = await list().catch(async (error: unknown) => {
    if (isCutOff(error) && (await restoreCutOffStates(context, report))) {
      return list();
    }
    throw error;
  });
  return JSON.parse(text) as StackSummary[];
}

/** Whether `pulumi` failed because it couldn't read a state. */
const isCutOff = (error: unknown) => /unexpected end of JSON input|invalid character/.test((error as Error).message);

/** Whether `pulumi` failed because there is no such stack: another run has removed it meanwhile. */
export const isRemoved = (error: unknown, stack: string): boolean =>
  refusalOf(error)?.includes(`no stack named '${stack}' found`) === true;

/** Does what reads of a stack what it begins with listing; again where another run has removed that stack meanwhile. */
export async function unlessRemoved<Result>(stack: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (!isRemoved(error, stack)) {
      throw error;
    }
    return action();
  }
}

/**
 * Makes a stack where there is none. It gets the configuration of the stack `preview`, secrets included, where the
 * backend has that one.
 *
 * @param known names of the stacks that there were a moment ago @default the backend is asked
 */
export async function ensureStack(context: PulumiContext, stack: string, known?: readonly string[]): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const names = (tries === 0 ? known : undefined) ?? (await stackNames(context));
    if (names.includes(stack)) {
      await recall(context, stack, names);
      return;
    }
    try {
      await makeStack(context, stack, names.includes("preview"));
      return;
    } catch (error) {
      const isBeingMade =
        (error as Error).message.includes("already exists") || lockIn(refusalOf(error) ?? "") !== undefined;
      if (!isBeingMade || tries === 30) {
        throw error;
      }
      // By another run, in the same moment.
      await sleep(1000);
    }
  }
}

async function makeStack(context: PulumiContext, stack: string, hasShared: boolean): Promise<void> {
  const shared = hasShared ? ["--copy-config-from", "preview"] : [];
  const provider = secretsProvider(context);
  const key = provider === undefined ? [] : ["--secrets-provider", provider];
  await pulumi(context, ["stack", "init", stack, ...shared, ...key]);
}

/**
 * Gets a stack's configuration back where this checkout has none: it was made by an earlier push, whose file is
 * git-ignored and was left in another checkout. It is as at the last update, with what all previews share as that is now;
 * the images stay those of the last update.
 */
export async function recallConfiguration(context: PulumiContext, stack: string): Promise<void> {
  if (!existsSync(configurationFile(context, stack))) {
    await recall(context, stack, await stackNames(context));
  }
}

/** @param names of the stacks that there are */
async function recall(context: PulumiContext, stack: string, names: readonly string[]): Promise<void> {
  if (!names.includes(stack) || existsSync(configurationFile(context, stack))) {
    return;
  }
  const provider = secretsProvider(context);
  if (provider !== undefined) {
    // Otherwise its secrets would be encrypted anew with a passphrase.
    writeFileSync(configurationFile(context, stack), stringify({ secretsprovider: provider }));
  }
  const isFirst = await pulumi(context, ["config", "refresh", "--stack", stack, "--force"]).then(
    () => false,
    (error: Error) => {
      if (!error.message.includes("no previous deployment")) {
        throw error;
      }
      return true;
    },
  );
  if (names.includes("preview") && stack !== "preview") {
    await pulumi(context, ["config", "cp", "--stack", "preview", "--dest", stack]);
    const { images } = await outputsOf(context, stack);
    if (images !== undefined) {
      await configure(context, stack, { "api.image": images.api, "web.image": images.web });
    }
  }
  const { GITHUB_REPOSITORY: repository } = process.env;
  if (isFirst && repository) {
    // The first update is under way, or was killed: it belongs to the repository that the workflow runs in, as `up` says.
    await configure(context, stack, { repository });
  }
}

/**
 * The stack to read what a preview's configuration is, or will be: its own, got back where this checkout has none, or the
 * one that is shared.
 */
export async function configuredStack(context: PulumiContext, stack: string): Promise<string | undefined> {
  const names = await stackNames(context);
  await recall(context, stack, names);
  return [stack, "preview"].find((name) => names.includes(name));
}

/** Without the organisation that some backends put before them. */
export const stackNames = async (context: PulumiContext) =>
  (await stacks(context)).map(({ name }) => name.split("/").at(-1) ?? name);

/**
 * The stack to read from where previews are, whichever there are: the one that is shared, or else a preview's, rather one
 * whose configuration is in this checkout than one whose must be got back.
 */
export async function anyConfiguredStack(context: PulumiContext): Promise<string | undefined> {
  const names = (await stackNames(context)).filter((name) => name === "preview" || /^pr-\d+$/.test(name));
  const isHere = (name: string) => existsSync(configurationFile(context, name));
  const any = names.find((name) => name === "preview") ?? names.find(isHere) ?? names[0];
  return any === undefined ? undefined : configuredStack(context, any);
}

/** Sets plain settings by their path, `api.image`. */
export async function configure(
  context: PulumiContext,
  stack: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const pairs = Object.entries(values).flatMap(([path, value]) => ["--plaintext", `${path}=${value}`]);
  await pulumi(context, ["config", "set-all", "--path", "--stack", stack, ...pairs]);
}

export interface UpdateOptions {
  /** Whether it is looked first what has become of what the state knows of. @default false */
  readonly refresh?: boolean;
}

/** Brings the stack to its settings. */
export async function up(
  context: PulumiContext,
  stack: string,
  { refresh = false }: UpdateOptions = {},
): Promise<void> {
  await pulumi(context, ["up", "--stack", stack, "--yes", "--skip-preview", ...(refresh ? ["--refresh"] : [])]);
}

/** Destroys everything of the stack, and the stack itself with its configuration file. */
export async function close(context: PulumiContext, stack: string): Promise<void> {
  await pulumi(context, ["destroy", "--stack", stack, "--yes", "--skip-preview", "--remove"]);
}
