import { join } from "node:path";
import { runLogged } from "./logged";
import { buildArgumentsOf, type Image, type Prepared } from "./image";
import { buildahArguments } from "./storage";

export interface BuildOptions extends Prepared {
  /** Arguments that mount what only the build needs. */
  readonly mounts: readonly string[];
  readonly signal: AbortSignal;
  readonly report: (message: string) => void;
}

/**
 * Builds an image from its Dockerfile. Its base images must exist.
 *
 * @throws UserError that names the image, the last lines of the build and its log
 */
export async function buildByDockerfile(image: Image, reference: string, options: BuildOptions): Promise<void> {
  const { context = image.context, folders = {}, mounts, signal, report } = options;
  await runLogged(
    "buildah",
    buildahArguments(
      ...["bud", "--isolation=chroot", "--network=host", "--pull=never", "--layers", `--tag=${reference}`],
      ...Object.entries(folders).map(([name, folder]) => `--build-context=${name}=${folder}`),
      ...Object.entries(await buildArgumentsOf(image)).map(([name, value]) => `--build-arg=${name}=${value}`),
      ...mounts,
      `--file=${join(image.context, "Dockerfile")}`,
      context,
    ),
    { name: image.name, signal, onLine: (line) => reportStep(line, image.name, report) },
  );
}

/** Reports a line such as `STEP 3/7: RUN npm ci`, which begins with `[1/2] ` if the Dockerfile has several stages. */
function reportStep(line: string, name: string, report: (message: string) => void): void {
  const [, stage = "", step, command = ""] = /^(?:\[(\d+\/\d+)\] )?STEP (\d+\/\d+): (.*)/.exec(line) ?? [];
  if (step === undefined) return;
  const position = stage === "" ? `step ${step}` : `stage ${stage}, step ${step}`;
  report(`${name}: ${position}: ${command.length > 60 ? `${command.slice(0, 60)}…` : command}`);
}
