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
  const password = settings.demoLogin?.passwordVariable;
  const others = { ...taken.api, ...settings.api.env, ...settings.api.secrets };
  const ofLogin =
    password !== undefined && password in others
      ? [`demoLogin.passwordVariable: ${password} has another value already; give it another name`]
      : [];
  const ofWorkloads = (["api", "web"] as const).flatMap((workload) =>
    (["env", "secrets"] as const).flatMap((group) =>
      Object.keys(settings[workload][group])
        .filter((name) => name in taken[workload])
        .map((name) => `${workload}.${group}.${name}: is set by the preview itself; give it another name`),
    ),
  );
  return [...ofLogin, ...ofWorkloads];
}
