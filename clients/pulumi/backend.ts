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
 * What is right on a person's machine and wrong in a workflow (CI=true): a backend on the runner's own disk, which goes
 * with the runner, so that nobody could ever close what was made; and an empty passphrase, which Pulumi takes for one.
 *
 * @throws UserError that names the variable
 */
export async function refuseUnsafeBackend(context: PulumiContext, isWorkflow: boolean): Promise<void> {
  if (!isWorkflow) {
    return;
  }
  const { url } = JSON.parse(await pulumi(context, ["whoami", "--json"])) as { url: string };
  if (url.startsWith("file:")) {
    throw new UserError(
      `PULUMI_BACKEND_URL: in a workflow the state must outlive the runner, in an object store or Pulumi Cloud; got ${url}`,
    );
  }
  const isSelfManaged = !/^https?:/.test(url);
  const { PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  const hasKey = Boolean(passphrase) || Boolean(file);
  if (isSelfManaged && !hasKey && secretsProvider(context) === undefined) {
    throw new UserError(
      "PULUMI_CONFIG_PASSPHRASE is empty, so anybody could read the stacks' secrets: set it, " +
        "or make the stack preview with a KMS (pulumi stack init preview --secrets-provider)",
    );
  }
}

/** The key of the stack `preview`, `awskms://…`, which all previews' stacks use; undefined where it is a passphrase. */
export function secretsProvider({ project }: PulumiContext): string | undefined {
  const file = join(project, "Pulumi.preview.yaml");
  const content = existsSync(file) ? (parse(readFileSync(file, "utf8")) as { secretsprovider?: string } | null) : null;
  return content?.secretsprovider;
}

/**
 * Brings back the states that a full disk or a machine that failed has cut off, in a backend in a folder. One of them makes
 * every list of stacks fail. Pulumi keeps what a state was before its last change beside it, but a full disk may have cut
 * off that one, too: then the state is empty, and what it knew of is found by its owner's labels. What was cut off stays
 * beside it.
 *
 * @throws UserError where there is no room
 */
export async function restoreCutOffStates(context: PulumiContext, report: PulumiContext["report"]): Promise<boolean> {
  const { folder: backend, project } = await place(context);
  const folder = join(backend, "stacks", project);
  if (!existsSync(folder)) {
    return false;
  }
  const cutOff = (names: string[]) => names.filter((name) => name.endsWith(".json") && !isWhole(join(folder, name)));
  const seen = cutOff(readdirSync(folder));
  // One that another run was about to write is whole by then.
  await sleep(1000);
  const lost = cutOff(seen);
  for (const name of lost) {
    const stack = basename(name, ".json");
    const file = join(folder, name);
    const hasBackup = isWhole(`${file}.bak`);
    const empty = JSON.stringify({ version: 3, checkpoint: { stack: `organization/${project}/${stack}` } });
    try {
      writeFileSync(`${file}.new`, hasBackup ? readFileSync(`${file}.bak`) : empty);
    } catch (error) {
      throw new UserError(
        `the state of ${stack} was cut off, and can't be brought back (${(error as Error).message}): ` +
          "make room where the state backend is, then give the same command again",
        { cause: error },
      );
    }
    renameSync(file, `${file}.cut-off`);
    renameSync(`${file}.new`, file);
    report(
      hasBackup
        ? `the state of ${stack} was cut off: it is the one before its last change now`
        : `the state of ${stack} was cut off, and nothing of it is left: if the preview doesn't come up, close it first`,
    );
  }
  return lost.length > 0;
}

/**
 * Removes the locks of a stack that are empty, in a backend in a folder: a full disk leaves one, and every update is refused
 * from then on. Pulumi writes a lock in one go, so that one which stays empty is nobody's.
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
    report(`${stack} had an empty lock, which a full disk has left: it is removed`);
  }
  return left.length > 0;
}

/**
 * Removes the locks of a stack whose processes have ended on this machine, in a backend in a folder: a command that was killed
 * leaves one. Also where the stack is gone, of which `pulumi cancel` knows nothing.
 *
 * @returns false where the backend isn't in a folder
 */
export async function removeDeadLocks(context: PulumiContext, stack: string): Promise<boolean> {
  const { isFolder, locks } = await locksOf(context, stack);
  deadAmong(locks()).forEach((file) => rmSync(file, { force: true }));
  return isFolder;
}

/**
 * The files of a stack's locks whose processes have ended on this machine. The backend writes a lock under a temporary name
 * first (`NAME.json.1a2b.tmp`) and has its attributes in a file beside it (`NAME.json.attrs`), which may be all that is left.
 */
export function deadAmong(files: readonly string[]): string[] {
  const attributesOf = (file: string) => /^(.*)\.attrs$/.exec(file)?.[1];
  const kept = files.filter((file) => attributesOf(file) === undefined && !isDeadHere(holderOf(file)));
  const isKept = (file: string) => {
    const lock = attributesOf(file);
    return lock === undefined ? kept.includes(file) : kept.some((name) => name.startsWith(lock));
  };
  return files.filter((file) => !isKept(file));
}

/** Nobody's where the lock has been given back meanwhile. */
function holderOf(file: string): LockHolder {
  try {
    const { pid, hostname: host } = JSON.parse(readFileSync(file, "utf8")) as { pid?: number; hostname?: string };
    return { pid, host };
  } catch {
    return {};
  }
}

/** The files of a stack's locks, as they are each time that somebody looks; none where the backend isn't in a folder. */
async function locksOf(context: PulumiContext, stack: string): Promise<{ isFolder: boolean; locks: () => string[] }> {
  const { folder: backend, project } = await place(context);
  const folder = join(backend, "locks/organization", project, stack);
  const locks = () => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []);
  return { isFolder: existsSync(backend), locks };
}

/** Where a backend in a folder has what is Pulumi's, and the project's name in it; no such folder where it is none. */
async function place(context: PulumiContext): Promise<{ folder: string; project: string }> {
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
