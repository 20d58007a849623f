import { apiEnvironment, webEnvironment } from "../environment";
import type { Settings } from "./parse";

/** Variables of a product's own that the preview sets itself: theirs would be ignored, and nobody would know why. */
export function takenVariables(settings: Settings): string[] {
  const own = { env: {}, secrets: {} };
  const without: Settings = {
    ...settings,
    demoLogin: undefined,
    api: { ...settings.api, ...own },
    web: { ...settings.web, ...own },
  };
  const taken = { api: apiEnvironment(without), web: webEnvironment(without) };
  return (["api", "web"] as const).flatMap((workload) =>
    (["env", "secrets"] as const).flatMap((group) =>
      Object.keys(settings[workload][group])
        .filter((name) => name in taken[workload])
        .map((name) => `${workload}.${group}.${name}: is set by the preview itself; give it another name`),
    ),
  );
}
