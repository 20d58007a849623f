import { namesTrust, takenNames, trustNames } from "../environment";
import type { SettingsValues } from "./schema";

/**
 * Variables of a product's own that the preview sets itself: theirs would be ignored, and nobody would know why. Groups that
 * are wrong otherwise are looked at as far as they go.
 */
export function takenVariables(values: SettingsValues): string[] {
  const taken = (workload: "api" | "web"): readonly string[] => [
    ...takenNames[workload],
    ...(namesTrust(values) ? trustNames[workload] : []),
  ];
  const names = (workload: "api" | "web", group: "env" | "secrets") => Object.keys(values[workload]?.[group] ?? {});
  const password = values.demoLogin?.passwordVariable;
  const ofLogin =
    password !== undefined && [...taken("api"), ...names("api", "env"), ...names("api", "secrets")].includes(password)
      ? [`demoLogin.passwordVariable: ${password} has another value already; give it another name`]
      : [];
  const ofWorkloads = (["api", "web"] as const).flatMap((workload) =>
    (["env", "secrets"] as const).flatMap((group) =>
      names(workload, group)
        .filter((name) => taken(workload).includes(name))
        .map((name) => `${workload}.${group}.${name}: is set by the preview itself; give it another name`),
    ),
  );
  return [...ofLogin, ...ofWorkloads];
}
