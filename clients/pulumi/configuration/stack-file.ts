import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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

/** Where `pulumi` keeps a stack's configuration. */
export const stackFile = ({ project }: PulumiContext, stack: string) => join(project, `Pulumi.${stack}.yaml`);
/** What that was when it was deployed last from this checkout. */
const copyFile = ({ project }: PulumiContext, stack: string) => join(project, copiesFolder, `Pulumi.${stack}.yaml`);

/** What a checkout says of a stack. */
export interface OwnFile {
  /** What its encrypted values are read with. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly settings: Leaves;
  /** Paths of those that are secret. */
  readonly secrets: readonly string[];
  /** The file as it was deployed last from here. */
  readonly copy?: Leaves;
  /** The file in this checkout as it was read; undefined where it isn't from there. */
  readonly text?: string;
}

/**
 * Reads a stack's file in this checkout, and its copy; undefined where there is none. Secrets are decrypted, but for those
 * that are as they were deployed from here, in both.
 *
 * @param options.shared what all previews share: a secret of both counts as shared
 * @param options.isDeployed whether there is something to merge with: otherwise it doesn't matter what a copy says
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
  /** @default there is none */
  readonly copy?: string;
}

/** The same wherever the files are. */
export async function fileAt({ context, stack, shared, ...files }: FileAt): Promise<OwnFile | undefined> {
  const own = parsed(context, files.file);
  if (own === undefined) {
    return undefined;
  }
  const found = files.copy === undefined ? undefined : parsed(context, files.copy);
  // One of a stack of the same name that has been closed since has another key.
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
    // A whole group that is encrypted has leaves of its own.
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

/** A file's settings, without what needs a key to be read; undefined where there is no such file. */
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
        // The text of a group has all digits of its numbers.
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
  return { text, ...parseStackFile(text, projectName(context)) };
}

export interface View {
  /** The file that was handed over. */
  readonly deployed: string;
  /** This checkout's file as it was read; undefined where there was none. */
  readonly before: string | undefined;
  readonly report: (message: string) => void;
}

/**
 * Shows what was deployed in this checkout's own file, unless somebody has changed that meanwhile, and keeps a copy. Whether the
 * preview sleeps and which database it has is only in it where a person has written it there.
 */
export function writeView(context: PulumiContext, stack: string, { deployed, before, report }: View): void {
  const [file, copy] = [stackFile(context, stack), copyFile(context, stack)];
  try {
    const own = parsed(context, file);
    const unsaid = Object.values(keptPaths).filter((path) => !(path in (own?.settings ?? {})));
    const { header, settings } = parseStackFile(readFileSync(deployed, "utf8"), projectName(context));
    const text = stackFileText(projectName(context), { header, settings: withoutPaths(settings, unsaid) });
    mkdirSync(dirname(copy), { recursive: true });
    if (own?.text === before) {
      replace(file, text);
    } else {
      report(`Pulumi.${stack}.yaml was changed meanwhile: it stays so, and the next update takes it up`);
    }
    replace(copy, text);
  } catch (error) {
    // The update is made all the same.
    report(`Pulumi.${stack}.yaml doesn't show what was deployed: ${(error as Error).message}`);
  }
}

/** In one go, and in the place of a link. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Removes what this checkout has of a stack that is closed. */
export function removeView(context: PulumiContext, stack: string): void {
  [stackFile(context, stack), copyFile(context, stack)].forEach((file) => rmSync(file, { force: true }));
}
