import type { SettingsValues } from "./schema";

/** The parts that are to run as root where the namespace admits none. Copes with groups that are otherwise invalid. */
export function rootProblems({ podSecurity, api, web, services }: SettingsValues): string[] {
  const inServices = Object.entries(services ?? {}).map(([name, given]) => [`services.${name}`, given] as const);
  const parts = [["api", api] as const, ["web", web] as const, ...inServices];
  return parts
    .filter(([, given]) => podSecurity === "restricted" && given?.uid === 0)
    .map(([group]) => `${group}.uid: must not be 0, which is root, unless the setting podSecurity is baseline; got 0`);
}
