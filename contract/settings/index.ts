export { parseSettings, type Settings, SettingsError } from "./parse";
export { settingsSchema, type SettingsInput } from "./schema";
