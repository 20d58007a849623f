import { imageSetting, standardParts } from "../parts";
import { isSameRepository } from "../pairs";
import type { SettingsValues } from "./schema";

/** Sources that contradict other settings or each other. Copes with groups that are otherwise invalid. */
export function sourceProblems({ sources, repository, services, web }: SettingsValues): string[] {
  const all = Object.entries(sources ?? {}).filter(([, source]) => typeof source?.repository === "string");
  return all.flatMap(([part, source], index) => {
    const path = `sources.${part}`;
    const sibling = all.slice(0, index).find(([, one]) => isSameRepository(one.repository, source.repository));
    return [
      ...(isPerCommit(part, services, web) ? [] : [`${path}: there is no ${imageSetting(part)} that a commit changes`]),
      ...(isSameRepository(source.repository, repository ?? "")
        ? [
            `${path}.repository: must be another one than the setting repository, whose parts need no source; got ${source.repository}`,
          ]
        : []),
      ...(sibling !== undefined && sibling[1].branch !== source.branch
        ? [`${path}.branch: must be that of sources.${sibling[0]}, which has the same repository; got ${source.branch}`]
        : []),
    ];
  });
}

function isPerCommit(part: string, services: SettingsValues["services"], web: SettingsValues["web"]): boolean {
  if (part === standardParts.web.name) {
    return web?.enabled !== false;
  }
  return part === standardParts.api.name || services?.[part]?.perCommit === true;
}
