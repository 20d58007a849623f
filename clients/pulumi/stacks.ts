import pRetry from "p-retry";
import { limits } from "../../contract";
import { removeDeadLocks, restoreTruncatedStates, secretsProvider } from "./backend";
import { lockIn } from "./stack-lock";
import { inPrivateFolder } from "./private-folder";
import { pulumi, type PulumiContext, refusalOf } from "./pulumi";

interface StackSummary {
  readonly name: string;
}

/** The name of a pull request's stack. */
export const stackName = (pullRequest: number) => `pr-${pullRequest}`;

/** The project's stacks, as the backend knows them. */
export async function stacks(context: PulumiContext): Promise<StackSummary[]> {
  const list = () => pulumi(context, ["stack", "ls", "--json"]);
  const text = await list().catch(async (error: unknown) => {
    if (isTruncated(error) && (await restoreTruncatedStates(context, context.report))) {
      return list();
    }
    throw error;
  });
  return JSON.parse(text) as StackSummary[];
}

/** Whether `pulumi` failed because it couldn't read a state. */
const isTruncated = (error: unknown) =>
  /unexpected end of JSON input|invalid character|^error: (?:.*: )?EOF$/m.test((error as Error).message);

/** Whether `pulumi` failed because the stack doesn't exist: another run may have removed it meanwhile. */
export const isRemoved = (error: unknown, stack: string): boolean =>
  refusalOf(error)?.includes(`no stack named '${stack}' found`) === true;

/**
 * Creates a stack if it doesn't exist, without a configuration file: each update composes its own.
 *
 * @param known the names of all stacks, a moment ago @default the backend is asked
 * @returns whether this made it
 */
export async function ensureStack(context: PulumiContext, stack: string, known?: readonly string[]): Promise<boolean> {
  const attempt = async (number: number) => {
    if (number > 1) {
      await removeDeadLocks(context, stack);
    }
    const names = (number === 1 ? known : undefined) ?? (await stackNames(context));
    const isMissing = !names.includes(stack);
    if (isMissing) {
      await makeStack(context, stack);
    }
    return isMissing;
  };
  // By a concurrent run.
  const isBeingCreated = (error: Error) =>
    error.message.includes("already exists") || lockIn(refusalOf(error) ?? "") !== undefined;
  return pRetry(attempt, {
    retries: limits.stackCreationTries,
    factor: 1,
    shouldRetry: ({ error }) => isBeingCreated(error),
  });
}

/** A failure leaves no stack behind: `pulumi` makes it first, and fails at what comes after. */
async function makeStack(context: PulumiContext, stack: string): Promise<void> {
  const provider = secretsProvider(context);
  const key = provider === undefined ? [] : ["--secrets-provider", provider];
  let isMade = false;
  const onLine = (line: string) => {
    isMade ||= line.includes(`Created stack '${stack}'`);
    context.onLine(line);
  };
  try {
    await inPrivateFolder({ ...context, onLine }, (inside) =>
      pulumi(inside, ["stack", "init", stack, "--no-select", ...key]),
    );
  } catch (error) {
    if (isMade) {
      await removeEmptyStack(context, stack);
    }
    throw error;
  }
}

/** Removes a stack that has no resources. One that has some, or that another run holds, is refused by `pulumi` and stays. */
export async function removeEmptyStack(context: PulumiContext, stack: string): Promise<void> {
  await pulumi(context, ["stack", "rm", stack, "--yes", "--preserve-config"]).catch(() => undefined);
}

/** The stacks' names, without the organization that some backends prepend. */
export const stackNames = async (context: PulumiContext) =>
  (await stacks(context)).map(({ name }) => name.split("/").at(-1) ?? name);

export interface UpdateOptions {
  /** Whether to refresh the state first. @default false */
  readonly refresh?: boolean;
  /** URNs of resources to make anew. @default none */
  readonly replace?: readonly string[];
  /** The stack's configuration. @default this checkout's own file */
  readonly configFile?: string;
}

/** Runs `pulumi up`. */
export async function up(
  context: PulumiContext,
  stack: string,
  { refresh = false, replace = [], configFile }: UpdateOptions = {},
): Promise<void> {
  const options = [
    ...(refresh ? ["--refresh"] : []),
    ...replace.flatMap((urn) => ["--replace", urn]),
    ...(configFile === undefined ? [] : ["--config-file", configFile]),
  ];
  await pulumi(context, ["up", "--stack", stack, "--yes", "--skip-preview", ...options]);
}

/** Destroys the stack's resources, and removes the stack with its configuration file. */
export async function close(context: PulumiContext, stack: string): Promise<void> {
  await pulumi(context, ["destroy", "--stack", stack, "--yes", "--skip-preview", "--remove"]);
}
