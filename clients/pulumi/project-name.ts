import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { PulumiContext } from "./pulumi";

/** The Pulumi project's name. */
export const projectName = ({ project: folder }: PulumiContext): string =>
  (parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as { name: string }).name;
