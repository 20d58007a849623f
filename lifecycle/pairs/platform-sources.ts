import { type Leaves, parseSources, type Source, sourcesByRepository, valuesOf } from "../../contract";
import { sharedSettings } from "../../clients/pulumi/configuration/stack-file";
import type { PulumiContext } from "../../clients/pulumi/pulumi";

/**
 * The repositories that build other parts of the product, by what all previews share: a preview's own settings can't name others.
 *
 * @param given settings that the command sets @default none
 */
export const platformSources = (context: PulumiContext, given: Leaves = {}): Source[] =>
  sourcesByRepository(parseSources(valuesOf({ ...sharedSettings(context), ...given })));
