import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  copiesFolder,
  isBelow,
  isEncrypted,
  keptPaths,
  type Leaves,
  leavesOf,
  parseExactly,
  parseStackFile,
  stackFileText,
  withoutPaths,
} from "../../../contract";
import { projectName } from "../project-name";
import { pulumi, type PulumiContext, silent } from "../pulumi";

/** The file with a stack's configuration. */
export const stackFile = ({ project }: PulumiContext, stack: string) => join(project, `Pulumi.${stack}.yaml`);
/** A copy of that file as it was last deployed from this checkout. */
const copyFile = ({ project }: PulumiContext, stack: string) => join(project, copiesFolder, `Pulumi.${stack}.yaml`);

/** A stack's configuration file in a checkout. */
export interface OwnFile {
  /** The first keys, which `pulumi` needs to decrypt the secrets. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly settings: Leaves;
  /** The paths of the secret settings. */
  readonly secrets: readonly string[];
  /** The settings as they were last deployed from here. */
  readonly copy?: Leaves;
  /** The file's text; undefined if it isn't this checkout's. */
  readonly text?: string;
}

/**
 * Reads a stack's file in this checkout, and its copy; undefined if there is none. Decrypts only the secrets that differ between
 * the two.
 *
 * @param options.shared what all previews share: a secret that is in both counts as shared
 * @param options.isDeployed whether there is a deployment to merge with: otherwise the copy isn't needed
 */
export async function ownFile(
  context: PulumiContext,
  stack: string,
  { shared, isDeployed }: { readonly shared: Leaves | undefined; readonly isDeployed: boolean },
): Promise<OwnFile | undefined> {
  const copy = isDeployed ? copyFile(context, stack) : undefined;
  return fileAt({ context, stack, shared, file: stackFile(context, stack), copy });
}

export interface FileAt {
  readonly context: PulumiContext;
  readonly stack: string;
  readonly shared: Leaves | undefined;
  readonly file: string;
  /** @default none */
  readonly copy?: string;
}

/** The same for files anywhere. */
export async function fileAt({ context, stack, shared, ...files }: FileAt): Promise<OwnFile | undefined> {
  const own = parsed(context, files.file);
  if (own === undefined) {
    return undefined;
  }
  const found = files.copy === undefined ? undefined : parsed(context, files.copy);
  // The copy of a closed stack of the same name has another key.
  const copy = found !== undefined && isDeepStrictEqual(found.header, own.header) ? found.settings : undefined;
  const encrypted = Object.keys(own.settings).filter((path) => isEncrypted(own.settings[path]));
  const ofBoth = encrypted.filter((path) => isEncrypted(shared?.[path]));
  const secrets = encrypted.filter((path) => !ofBoth.includes(path));
  const asShared = (leaves: Leaves): Leaves => ({
    ...leaves,
    ...Object.fromEntries(ofBoth.filter((path) => path in leaves).map((path) => [path, shared![path]])),
  });
  const isChanged = (path: string) => copy === undefined || !isDeepStrictEqual(own.settings[path], copy[path]);
  const changed = secrets.filter(isChanged);
  const decrypted = async (name: string, leaves: Leaves): Promise<Leaves> => {
    const all = await decryptedSettings(context, stack, name);
    // A group that is encrypted as a whole decrypts to several leaves.
    const below = Object.keys(all).filter((path) => changed.some((one) => one in leaves && isBelow(path, one)));
    return { ...withoutPaths(leaves, changed), ...Object.fromEntries(below.map((path) => [path, all[path]])) };
  };
  const needsDecryption = changed.length > 0;
  const settings = asShared(needsDecryption ? await decrypted(files.file, own.settings) : own.settings);
  return {
    header: own.header,
    settings,
    secrets: Object.keys(settings).filter((path) => secrets.some((one) => isBelow(path, one))),
    text: own.text,
    copy: copy && asShared(needsDecryption ? await decrypted(files.copy!, copy) : copy),
  };
}

/** A file's settings, with secrets left encrypted; undefined if there is no such file. */
export const plainSettings = (context: PulumiContext, stack: string): Leaves | undefined =>
  parsed(context, stackFile(context, stack))?.settings;

/** What all previews share: the configuration of the stack `preview`. */
export const sharedSettings = (context: PulumiContext): Leaves => plainSettings(context, "preview") ?? {};

async function decryptedSettings(context: PulumiContext, stack: string, file: string): Promise<Leaves> {
  const args = ["config", "--json", "--show-secrets", "--stack", stack, "--config-file", file];
  const all = JSON.parse(await pulumi(silent(context), args)) as Record<
    string,
    { value?: string; objectValue?: unknown }
  >;
  const prefix = `${projectName(context)}:`;
  return leavesOf(
    Object.fromEntries(
      Object.entries(all).map(([key, { value, objectValue }]) => [
        key.startsWith(prefix) ? key.slice(prefix.length) : key,
        // Parse a group from its text, which keeps all digits of numbers.
        objectValue === undefined || value === undefined ? value : parseExactly(value),
      ]),
    ),
  );
}

function parsed(context: PulumiContext, file: string) {
  if (!existsSync(file)) {
    return undefined;
  }
  const text = readFileSync(file, "utf8");
  return { text, ...parseStackFile(text, projectName(context), basename(file)) };
}

export interface View {
  /** The path of the file that was deployed. */
  readonly deployed: string;
  /** The text of this checkout's file before the update; undefined if there was none. */
  readonly before: string | undefined;
  readonly report: (message: string) => void;
}

/**
 * Writes what was deployed to this checkout's file, unless somebody has edited that meanwhile, and keeps a copy. Whether the preview
 * sleeps and which database it has is written only if a person had put it there.
 */
export function writeView(context: PulumiContext, stack: string, { deployed, before, report }: View): void {
  const [file, copy] = [stackFile(context, stack), copyFile(context, stack)];
  try {
    const own = parsed(context, file);
    const unsaid = Object.values(keptPaths).filter((path) => !(path in (own?.settings ?? {})));
    const { header, settings } = parseStackFile(
      readFileSync(deployed, "utf8"),
      projectName(context),
      basename(deployed),
    );
    const text = stackFileText(projectName(context), { header, settings: withoutPaths(settings, unsaid) });
    mkdirSync(dirname(copy), { recursive: true });
    if (own?.text === before) {
      replace(file, text);
    } else {
      report(`Pulumi.${stack}.yaml was edited during the update: it is kept, and the next update deploys it`);
    }
    replace(copy, text);
  } catch (error) {
    // The update is done anyway.
    report(`Pulumi.${stack}.yaml doesn't show what was deployed: ${(error as Error).message}`);
  }
}

/** Atomically; replaces a symlink itself. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Removes this checkout's files of a closed stack. */
export function removeView(context: PulumiContext, stack: string): void {
  [stackFile(context, stack), copyFile(context, stack)].forEach((file) => rmSync(file, { force: true }));
}
