import * as rule from "../settings/rules";
import type { Dependency, Ref } from "./pair";

/** `myorg/backend` by the rule of the setting `repository`. */
export const isRepository = (text: string): boolean => rule.repository.safeParse(text).success;

const pullRequest = /^([^#]{1,140})#([1-9][0-9]{0,8})$/;

/** A pull request of any repository: `myorg/backend#515`. */
export interface PullName {
  /** `owner/name` */
  readonly repository: string;
  readonly pull: number;
}

/** `myorg/backend#515`; undefined for anything else. */
export function parsePull(text: string): PullName | undefined {
  const [, repository, number] = pullRequest.exec(text) ?? [];
  return repository !== undefined && isRepository(repository) ? { repository, pull: Number(number) } : undefined;
}

/** What is asked for, in full: `pull request 515`, `tag v1.2`, `branch main`, `commit 4f5c2d1…`. */
export function refText(ref: Ref): string {
  if ("pull" in ref) {
    return `pull request ${ref.pull}${ref.sha === undefined ? "" : ` at ${ref.sha}`}`;
  }
  const [[kind, name] = []] = Object.entries(ref);
  return `${kind} ${name}`;
}

/** Wishes for one repository that differ, each with the first one for it. */
export function contradictions(dependencies: readonly Dependency[]): string[] {
  const first = new Map<string, Dependency>();
  return dependencies.flatMap((one) => {
    const repository = one.repository.toLowerCase();
    const former = first.get(repository) ?? one;
    first.set(repository, former);
    return refText(former.ref) === refText(one.ref)
      ? []
      : [
          `${one.where}: asks for ${refText(one.ref)} of ${one.repository}, but ${former.where} asks for ${refText(former.ref)}; ` +
            "all parts of a repository come from one commit",
        ];
  });
}
