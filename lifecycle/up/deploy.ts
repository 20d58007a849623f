import { imageSetting, type Leaves, type PerImage, UserError } from "../../contract";
import type { CodeHost } from "../../clients/code-host";
import type { LockOptions } from "../../clients/pulumi/stack-lock";
import { ensureStack, isRemoved, removeEmptyStack, stackName, stackNames } from "../../clients/pulumi/stacks";
import { productOf } from "../../verify/product";
import { lockOptions } from "../lock-options";
import { recordRun } from "../runs";
import type { Workspace } from "../workspace";
import type { UpOptions, UpResult } from "./options";
import { MovedOn, PairMoved } from "../pairs";
import { pairForUp, type PairOfUp } from "./pair";
import { lookAtPullRequest } from "./step-aside";
import { upPreview } from "./up-preview";

/** What to deploy, and how. */
export interface Commit
  extends
    Pick<UpOptions, "sha" | "replaceDatabase" | "screenshots" | "usesFile">,
    Pick<PairOfUp, "with" | "waits">,
    Pick<LockOptions, "timeoutSeconds"> {
  /** Image references by name. @default those that are deployed, or else configured */
  readonly images?: Readonly<Record<string, string>>;
  /**
   * Settings to set beside the images, by path. With `kubeContext` and `domain` among them a preview needs no stack `preview`.
   * @default none
   */
  readonly settings?: Leaves;
}

/**
 * Deploys a commit's images to a preview, and creates the preview if there is none.
 *
 * @param host undefined if there is no code host to ask about the pull request
 */
export async function deploy(
  workspace: Workspace,
  pullRequest: number,
  host: CodeHost | undefined,
  commit: Commit,
): Promise<UpResult> {
  const stack = stackName(pullRequest);
  for (;;) {
    try {
      return await attempt(workspace, pullRequest, host, commit);
    } catch (error) {
      if (error instanceof MovedOn) {
        return { outcome: "stepped aside", reason: error.message };
      }
      if (error instanceof PairMoved) {
        workspace.report(`${error.message}: starting over`);
      } else if (isRemoved(error, stack)) {
        workspace.report(`${stack} has been closed meanwhile: starting over`);
      } else {
        throw error;
      }
    }
  }
}

async function attempt(
  workspace: Workspace,
  pullRequest: number,
  host: CodeHost | undefined,
  { images = {}, settings = {}, with: dependencies, waits, ...commit }: Commit,
): Promise<UpResult> {
  // Before the stack is created: a run that comes too late must not leave an empty one behind.
  const { reason, found } = await lookAtPullRequest({
    codeHost: host,
    pullRequest,
    sha: commit.sha,
    run: workspace.run.reference,
  });
  if (reason !== undefined) {
    return { outcome: "stepped aside", reason };
  }
  const stack = stackName(pullRequest);
  const names = await stackNames(workspace);
  const isPlaced = "kubeContext" in settings && "domain" in settings;
  if (!names.includes(stack) && !names.includes("preview") && !isPlaced) {
    throw new UserError(
      `there is neither a stack ${stack} nor a stack preview with what all previews share; README.md says how to make it`,
    );
  }
  // Before the stack's lock, since a build may be waited for.
  const { pair, description } = await pairForUp(workspace, host, found, {
    settings,
    images: Object.keys(images),
    sha: commit.sha,
    with: dependencies,
    waits,
  });
  const isNew = await ensureStack(workspace, stack, names);
  try {
    await recordRun(workspace, stack);
    return await upPreview({
      context: workspace,
      pullRequest,
      hasShared: names.includes("preview"),
      pair,
      description,
      images: [...Object.keys(images), ...Object.keys(pair)],
      given: {
        ...settings,
        ...imageLeaves(images),
        ...imageLeaves(Object.fromEntries(Object.entries(pair).map(([part, { image }]) => [part, image]))),
        ...(host && { repository: host.repository }),
      },
      codeHost: host,
      product: productOf(workspace.project),
      ...commit,
      ...lockOptions(workspace, stack, host),
    });
  } catch (error) {
    if (isNew) {
      // Before its first update has made anything it is of no use to anybody.
      await removeEmptyStack(workspace, stack);
    }
    throw error;
  }
}

const imageLeaves = (images: PerImage<string>): Leaves =>
  Object.fromEntries(Object.entries(images).map(([name, image]) => [imageSetting(name), image]));
