import { type CodeHostAccess, codeHost, otherCodeHost } from "./factory";
import type { CodeHost, OpenOptions } from "./interface";

/** The code hosts of one run. Each repository has one client, so that what was read is asked for by its ETag the next time. */
export class RunCodeHosts {
  private readonly owns = new Map<string, CodeHost>();
  private readonly others = new Map<string, CodeHost>();

  constructor(
    private readonly access: CodeHostAccess,
    private readonly options: Omit<OpenOptions, "token" | "baseUrl">,
  ) {}

  /** As `codeHost`: the previews' repository. */
  own(repository: string): CodeHost | undefined {
    const found = this.owns.get(keyOf(repository)) ?? codeHost(repository, this.access, this.options);
    if (found !== undefined) {
      this.owns.set(keyOf(repository), found);
    }
    return found;
  }

  /** As `otherCodeHost`; the previews' own if it turns out to be that. */
  other(repository: string): CodeHost {
    const key = keyOf(repository);
    const known = this.owns.get(key) ?? this.others.get(key);
    if (known !== undefined) {
      return known;
    }
    const found = otherCodeHost(repository, this.access, this.options);
    if (this.others.size === 0 && !this.access.app.id) {
      const { token, appId } = this.access.kind.variables;
      this.options.report(
        `other repositories are read with ${token}, since ${appId} isn't set: a workflow's own token reads public ones only (docs/pairs.md)`,
      );
    }
    this.others.set(key, found);
    return found;
  }
}

/** The code host doesn't tell names apart by their case. */
const keyOf = (repository: string) => repository.toLowerCase();
