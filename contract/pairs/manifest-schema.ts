import { z } from "zod";
import * as rule from "../settings/rules";
import { fullCommit } from "../commit";
import { parsePull } from "./ref";

/** Text only: YAML has already changed what looks like a number. */
const text = (message: string) => z.string({ error: rule.notText(message) });

const pullRule = 'must be a pull request such as "myorg/backend#515"';
const commitRule = "must be a full commit of 40 lower-case hexadecimal digits";

function name(kind: string) {
  const message = `must be the name of a ${kind}`;
  return text(message).regex(rule.gitNamePattern, message);
}

/** What a part is to be: exactly one key. */
export const wish = z
  .strictObject(
    {
      pull: z
        .string({ error: pullRule })
        .regex(/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+#[1-9][0-9]{0,8}$/, { error: pullRule, abort: true })
        .refine((value) => parsePull(value) !== undefined, pullRule)
        .describe('An open or merged pull request, "myorg/backend#515". It is followed until it is merged.'),
      commit: text(commitRule)
        .regex(fullCommit, commitRule)
        .describe("A full commit on the source's branch, or the head of an open pull request."),
      tag: name("tag").describe("A git tag on the source's branch."),
      branch: name("branch").describe("The newest commit of a branch that has an image."),
    },
    {
      error: (issue) =>
        issue.code === "invalid_type" ? "must be { pull: … }, { commit: … }, { tag: … } or { branch: … }" : undefined,
    },
  )
  .partial()
  .refine((value) => Object.keys(value).length === 1, "must have exactly one of pull, commit, tag and branch")
  .meta({ description: "What the part is to be: exactly one of these.", minProperties: 1, maxProperties: 1 });

export type Wish = z.infer<typeof wish>;

/** The file `preview-overrides.yaml` as a JSON Schema, for editors. */
export const manifestJsonSchema = (): object =>
  z.toJSONSchema(
    z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), wish).meta({
      title: "preview-overrides.yaml",
      description:
        "What this pull request is previewed with: by part of the setting sources, a pull request, commit, tag or branch of " +
        "the repository that builds it. All parts of that repository follow.",
      examples: [{ api: { pull: "myorg/backend#515" } }],
    }),
    { target: "draft-7" },
  );
