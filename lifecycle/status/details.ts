import { runningNames, UserError } from "../../contract";
import { previewClient } from "../../clients/http/client";
import { answer } from "../../clients/http/serving";
import type { Deployment } from "../../clients/pulumi/deployment";
import { type Login, requiredLogin } from "../../verify/demo-login";
import { claimDeletionWarning, migrationsToRepeat, podsToRestart, unexpectedImages, lookForDrift } from "../drift";
import { type Deployed, deployed, type DeployedSummary } from "../inventory/deployed";
import { findPreview } from "../inventory/preview";
import type { Workspace } from "../workspace";
import type { Status } from "./status-of";
import { statusesOf } from "./statuses";

/** Everything about one preview. */
export interface Details {
  readonly preview: DeployedSummary;
  /** The names of its parts whose pods keep running. */
  readonly parts: readonly string[];
  /** What its host answers. */
  readonly answers: string;
  /** Undefined if only its stack knows about it. */
  readonly status?: Status;
  /** Undefined if the cluster can't be asked. */
  readonly inside?: Inside;
  /** The reviewers' login, if requested. */
  readonly login?: Login;
}

/** How a preview in the cluster differs from what was deployed. */
export interface Inside {
  /** `Secret db-1a2b3c is missing`, `Deployment web has changed`. */
  readonly drift: readonly string[];
  /** Images, by part, that run instead of the deployed ones, as after an update that failed halfway. */
  readonly runs: Readonly<Record<string, string>>;
}

/**
 * Gathers what a preview consists of, what its host answers, and how it differs from what was deployed.
 *
 * @throws UserError if there is no such preview, or if it has no login and one was requested
 */
export async function detailsOf(
  workspace: Workspace,
  pullRequest: number,
  now: Date,
  { login: wantsLogin = false }: { readonly login?: boolean } = {},
): Promise<Details> {
  const { parts: all, policies, ...preview } = await deployed(workspace, pullRequest);
  const parts = runningNames(all);
  const login = wantsLogin ? await requiredLogin(preview) : undefined;
  const found = await findPreview(workspace, pullRequest);
  const [{ said: answers }, [status], inside] = await Promise.all([
    answer(preview.url, { dispatcher: previewClient([preview.url]), signal: workspace.interruption }),
    found === undefined ? [] : statusesOf(workspace, found.identity, now, { pullRequest, parts, policies }),
    found?.deployment === undefined
      ? undefined
      : lookInside(workspace, { ...preview, parts: all, policies }, found.deployment),
  ]);
  return { preview, parts, answers, status, inside, login };
}

/** Undefined if the cluster can't be asked; that is reported. */
async function lookInside(
  { report }: Workspace,
  preview: Deployed,
  { state }: Deployment,
): Promise<Inside | undefined> {
  try {
    const { drift, live } = await lookForDrift(preview, state);
    return {
      drift: [
        ...drift.map(({ kind, name, what }) => `${kind} ${name} ${what === "missing" ? "is missing" : "has changed"}`),
        ...(claimDeletionWarning(live) === undefined ? [] : ["the database volume is being deleted"]),
        ...([...migrationsToRepeat(live), ...podsToRestart(live)].length > 0
          ? ["the database volume isn't the one that was migrated"]
          : []),
      ],
      runs: unexpectedImages(live, preview.images, preview.parts),
    };
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    report(`objects not checked: ${error.message}`);
    return undefined;
  }
}
