export { parseSettings, parseSources, type Settings, SettingsError } from "./parse";
export type { SettingsInput } from "./schema";
export { configuresTrust } from "./reserved-names";
