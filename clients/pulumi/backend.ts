import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { UserError } from "../../contract";
import { isDeadHere, type LockHolder } from "./lock-holder";
import { projectName } from "./project-name";
import { pulumi, type PulumiContext } from "./pulumi";

/**
 * Refuses two things that are fine on a person's machine but not in a workflow (CI=true): a backend on the runner's disk, which is
 * lost with the runner, so that nothing could be closed later; and an empty passphrase, which Pulumi accepts.
 *
 * @throws UserError that names the environment variable
 */
export async function refuseUnsafeBackend(context: PulumiContext, isWorkflow: boolean): Promise<void> {
  if (!isWorkflow) {
    return;
  }
  const { url } = JSON.parse(await pulumi(context, ["whoami", "--json"])) as { url: string };
  if (url.startsWith("file:")) {
    throw new UserError(
      `PULUMI_BACKEND_URL must be an object store or Pulumi Cloud in a workflow, since the state must outlive the runner; got ${url}`,
    );
  }
  const isSelfManaged = !/^https?:/.test(url);
  const { PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  const hasKey = Boolean(passphrase) || Boolean(file);
  if (isSelfManaged && !hasKey && secretsProvider(context) === undefined) {
    throw new UserError(
      "PULUMI_CONFIG_PASSPHRASE is empty, so anyone could decrypt the stacks' secrets: set it, " +
        "or create the stack preview with a KMS key (pulumi stack init preview --secrets-provider)",
    );
  }
}

/** The secrets provider of the stack `preview`, `awskms://…`, which all previews' stacks use; undefined for a passphrase. */
export function secretsProvider({ project }: PulumiContext): string | undefined {
  const file = join(project, "Pulumi.preview.yaml");
  const content = existsSync(file) ? (parse(readFileSync(file, "utf8")) as { secretsprovider?: string } | null) : null;
  return content?.secretsprovider;
}

/**
 * Restores states that a full disk or a crash has truncated, in a file backend: one of them makes every list of stacks fail. Uses
 * Pulumi's backup of the state before its last change. If that is truncated, too, the state becomes empty, and its objects are
 * found by their owner labels. The truncated file is kept beside it.
 *
 * @throws UserError if the disk is full
 */
export async function restoreTruncatedStates(
  context: PulumiContext,
  report: PulumiContext["report"],
): Promise<boolean> {
  const { folder: backend, project } = await fileBackend(context);
  const folder = join(backend, "stacks", project);
  if (!existsSync(folder)) {
    return false;
  }
  const truncated = (names: string[]) => names.filter((name) => name.endsWith(".json") && !isWhole(join(folder, name)));
  const seen = truncated(readdirSync(folder));
  // A state that another run is writing is complete by then.
  await sleep(1000);
  const lost = truncated(seen);
  for (const name of lost) {
    const stack = basename(name, ".json");
    const file = join(folder, name);
    const hasBackup = isWhole(`${file}.bak`);
    const empty = JSON.stringify({ version: 3, checkpoint: { stack: `organization/${project}/${stack}` } });
    try {
      writeFileSync(`${file}.new`, hasBackup ? readFileSync(`${file}.bak`) : empty);
    } catch (error) {
      throw new UserError(
        `the state of ${stack} is truncated and can't be restored (${(error as Error).message}): ` +
          "free some space in the state backend, then run the same command again",
        { cause: error },
      );
    }
    renameSync(file, `${file}.cut-off`);
    renameSync(`${file}.new`, file);
    report(
      hasBackup
        ? `the state of ${stack} was truncated: restored the one before its last change`
        : `the state of ${stack} was truncated and is lost: if the preview doesn't come up, close it first`,
    );
  }
  return lost.length > 0;
}

/**
 * Removes a stack's empty locks, in a file backend. A full disk leaves one behind, which blocks every later update. Pulumi writes
 * a lock in one go, so one that stays empty is nobody's.
 *
 * @returns whether there was one
 */
export async function removeEmptyLocks(
  context: PulumiContext,
  stack: string,
  report: (message: string) => void,
): Promise<boolean> {
  const { locks } = await locksOf(context, stack);
  const empty = () => locks().filter((file) => statSync(file, { throwIfNoEntry: false })?.size === 0);
  const seen = empty();
  await sleep(1000);
  const left = empty().filter((file) => seen.includes(file));
  for (const file of left) {
    rmSync(file);
    report(`${stack} had an empty lock, left behind by a full disk: removed it`);
  }
  return left.length > 0;
}

/**
 * Removes a stack's locks whose processes have ended on this machine, in a file backend: a killed command leaves one. Works even
 * if the stack is gone, unlike `pulumi cancel`.
 *
 * @returns false if it isn't a file backend
 */
export async function removeDeadLocks(context: PulumiContext, stack: string): Promise<boolean> {
  const { isFolder, locks } = await locksOf(context, stack);
  deadLocks(locks()).forEach((file) => rmSync(file, { force: true }));
  return isFolder;
}

/**
 * The lock files whose processes have ended on this machine. The backend first writes a lock under a temporary name
 * (`NAME.json.1a2b.tmp`), and its attributes into a file beside it (`NAME.json.attrs`), which may be all that is left.
 */
export function deadLocks(files: readonly string[]): string[] {
  const attributesOf = (file: string) => /^(.*)\.attrs$/.exec(file)?.[1];
  const kept = files.filter((file) => attributesOf(file) === undefined && !isDeadHere(holderOf(file)));
  const isKept = (file: string) => {
    const lock = attributesOf(file);
    return lock === undefined ? kept.includes(file) : kept.some((name) => name.startsWith(lock));
  };
  return files.filter((file) => !isKept(file));
}

/** Empty if the lock has been released meanwhile. */
function holderOf(file: string): LockHolder {
  try {
    const { pid, hostname: host } = JSON.parse(readFileSync(file, "utf8")) as { pid?: number; hostname?: string };
    return { pid, host };
  } catch {
    return {};
  }
}

/** Lists a stack's lock files, anew with each call; none if it isn't a file backend. */
async function locksOf(context: PulumiContext, stack: string): Promise<{ isFolder: boolean; locks: () => string[] }> {
  const { folder: backend, project } = await fileBackend(context);
  const folder = join(backend, "locks/organization", project, stack);
  const locks = () => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []);
  return { isFolder: existsSync(backend), locks };
}

/** A file backend's `.pulumi` folder, and the project's name; a folder that doesn't exist for other backends. */
async function fileBackend(context: PulumiContext): Promise<{ folder: string; project: string }> {
  const { url } = JSON.parse(await pulumi(context, ["whoami", "--json"])) as { url: string };
  const project = projectName(context);
  const path = /^file:\/\/([^?]*)/.exec(url)?.[1]?.replace(/^~/, homedir());
  return { folder: path === undefined ? "/nonexistent" : join(path, ".pulumi"), project };
}

function isWhole(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}
