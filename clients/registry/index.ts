export { type OpenOptions, openRegistry, type Registry } from "./registry";
