import { standardParts } from "../parts";
import { isSameRepository } from "../pairs";
import type { SettingsValues } from "./schema";

/** Sources that contradict other settings or each other. Copes with groups that are otherwise invalid. */
export function sourceProblems({ sources, repository, services, web }: SettingsValues): string[] {
  const all = Object.entries(sources ?? {}).filter(([, source]) => typeof source?.repository === "string");
  return all.flatMap(([part, source], index) => {
    const path = `sources.${part}`;
    const sibling = all.slice(0, index).find(([, one]) => isSameRepository(one.repository, source.repository));
    return [
      ...partProblems(path, part, services, web),
      ...(isSameRepository(source.repository, typeof repository === "string" ? repository : "")
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

/** Only an image that a commit changes can be another repository's. */
function partProblems(
  path: string,
  part: string,
  services: SettingsValues["services"],
  web: SettingsValues["web"],
): string[] {
  if (part === standardParts.web.name) {
    return web?.enabled === false ? [`${path}: there is no web, since web.enabled is false`] : [];
  }
  // As text it has a message of its own.
  return part === standardParts.api.name || String(services?.[part]?.perCommit) === "true"
    ? []
    : [`${path}: must be named api, web or a service with perCommit: true`];
}
