import { execa, ExecaError } from "execa";
import { createWriteStream, type WriteStream } from "node:fs";
import { cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { UserError } from "../../contract";
import { logDir } from "../paths";
import { buildFlags, goEnvironment, linkerFlags } from "./go";
import { recipes, type Invocation, type ModuleName, type Recipe } from "./modules";
import { Progress } from "./progress";
import { programsOf, removeOthers, sourceFolder } from "./results";

interface Work {
  /** Where Go runs: the module, or a copy of it with generated files. */
  readonly module: string;
  /** Where the programs go until all are built. */
  readonly unfinished: string;
  readonly log: WriteStream;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** Builds a module. Its result appears atomically, so that an interrupted build never looks finished. */
export async function build(
  name: ModuleName,
  report: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const recipe = recipes[name];
  const result = programsOf(name);
  const work: Work = {
    module: recipe.prepare === undefined ? sourceFolder(name) : `${result}.source`,
    unfinished: `${result}.unfinished`,
    log: await openLog(name),
    progress: new Progress(name, recipe.usualMinutes, report),
    signal,
  };
  try {
    await rm(work.unfinished, { recursive: true, force: true });
    await prepare(name, recipe, work);
    await compile(recipe, work);
    await link(recipe, work);
    await rename(work.unfinished, result);
  } catch (error) {
    signal?.throwIfAborted();
    throw await explain(name, error, work);
  } finally {
    work.progress.stop();
    work.log.end();
    await rm(work.unfinished, { recursive: true, force: true });
    await rm(`${result}.source`, { recursive: true, force: true });
  }
  await removeOthers(name);
  work.progress.succeed();
}

async function openLog(name: ModuleName): Promise<WriteStream> {
  await mkdir(logDir, { recursive: true, mode: 0o700 });
  return createWriteStream(join(logDir, `toolchain-${name}.log`), { mode: 0o600 });
}

/** Generates files in a copy, so that the checkout stays unchanged. */
async function prepare(name: ModuleName, recipe: Recipe, { module }: Work): Promise<void> {
  if (recipe.prepare !== undefined) {
    await cp(sourceFolder(name), module, { recursive: true });
    await recipe.prepare(module, goEnvironment);
  }
}

async function compile({ invocations }: Recipe, work: Work): Promise<void> {
  // Counts first, which also downloads the modules, so that the total is known before anything is compiled.
  for (const { packages } of invocations) {
    work.progress.expect(await go(["list", "-deps", "-mod=readonly", ...packages], work));
  }
  for (const { packages, output, values } of invocations) {
    await go(
      [
        "build",
        "-v",
        ...buildFlags,
        "-ldflags",
        linkerArguments(values),
        "-o",
        join(work.unfinished, output),
        ...packages,
      ],
      work,
    );
  }
}

function linkerArguments(values: Invocation["values"]): string {
  return [...linkerFlags, ...Object.entries(values).map(([name, value]) => `-X ${name}=${value}`)].join(" ");
}

async function link({ links = {} }: Recipe, { unfinished }: Work): Promise<void> {
  for (const [name, target] of Object.entries(links)) {
    const path = join(unfinished, name);
    await mkdir(dirname(path), { recursive: true });
    await symlink(target, path);
  }
}

/** Runs Go, with its messages going to the log and the progress. Resolves to the lines of its standard output. */
async function go(args: readonly string[], { module, log, progress, signal }: Work): Promise<string[]> {
  log.write(`$ go ${args.join(" ")}\n`);
  const child = execa("go", args, {
    cwd: module,
    env: goEnvironment,
    cancelSignal: signal,
    // So that Go stops its compilers too.
    killSignal: "SIGINT",
    lines: true,
  });
  child.stderr.pipe(log, { end: false });
  createInterface({ input: child.stderr.pipe(new PassThrough()) }).on("line", (line) => progress.line(line));
  return (await child).stdout;
}

async function explain(name: ModuleName, error: unknown, { log }: Work): Promise<Error> {
  await new Promise((resolve) => log.end(resolve));
  const path = log.path.toString();
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n").slice(-15);
  return new UserError(
    [
      `building the toolchain's module ${name} failed: ${reason(error)}`,
      ...lines.map((line) => `  ${line}`),
      `The whole log: ${path}`,
    ].join("\n"),
    { cause: error },
  );
}

/** Without the command line and Go's messages, which are in the log. */
function reason(error: unknown): string {
  if (error instanceof ExecaError && error.exitCode !== undefined) {
    return `go exited with ${error.exitCode}`;
  }
  return error instanceof Error ? error.message : String(error);
}
