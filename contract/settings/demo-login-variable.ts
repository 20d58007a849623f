import type { SettingsValues } from "./schema";
import { configuresTrust, reservedNames, trustNames } from "./reserved-names";

/** A demo login whose variable is set already, by the preview or by the settings. Copes with groups that are otherwise invalid. */
export function demoLoginProblems(values: SettingsValues): string[] {
  const password = values.demoLogin?.passwordVariable;
  const taken: readonly string[] = [
    ...reservedNames.api,
    ...(configuresTrust(values) ? trustNames.api : []),
    ...Object.keys(values.api?.env ?? {}),
    ...Object.keys(values.api?.secrets ?? {}),
  ];
  return password !== undefined && taken.includes(password)
    ? [`demoLogin.passwordVariable: the variable ${password} is already set; use another name`]
    : [];
}
