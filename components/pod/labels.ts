import { nameLabel } from "../../contract";

/** What Services, policies and workloads find a part's pods by. A change makes other workloads, and another database. */
export const selectorOf = (name: string) => ({ [nameLabel]: name });

/**
 * The labels of a part's objects and pods. What is put on top is changed in place, but for the migration's Job, whose pods can't
 * be changed: it runs again.
 */
export const labelsOf = (name: string): Record<string, string> => ({ ...selectorOf(name) });
