import { nameLabel } from "../../contract";

/** Selects a part's pods in Services, policies and workloads. Any change replaces the workloads, including the database. */
export const selectorOf = (name: string) => ({ [nameLabel]: name });

/**
 * The labels of a part's objects and pods. Labels added here are changed in place, except on the migration's Job, whose pod
 * template is immutable: it runs again.
 */
export const labelsOf = (name: string): Record<string, string> => ({ ...selectorOf(name) });
