import { z } from "zod";
import { isPinned, parseImage } from "../image-reference";
import * as rule from "./rules";
import { serviceName } from "./service-name";

const anyCommit = "0".repeat(40);

const image = rule.text.refine(
  (value) => value.split("${sha}").length === 2 && isBuiltOf(parseImage(value.replace("${sha}", anyCommit))),
  "must be an image whose tag has ${sha}, the full commit, such as ghcr.io/myorg/api:${sha}",
);

const isBuiltOf = (parsed: ReturnType<typeof parseImage>) =>
  parsed !== undefined && isPinned(parsed) && parsed.digest === undefined && parsed.tag!.endsWith(anyCommit);

const source = z.strictObject({
  repository: rule.repository.describe(
    "owner/name of the repository that builds the part; `<name>` is api, web or a service with `perCommit`",
  ),
  branch: rule.gitName.default("main").describe("its branch; the newest commit with an image is taken"),
  image: image.describe("image of a commit; `${sha}` is the full commit"),
});

/** `{ api: { repository: myorg/backend, branch: main, image: "ghcr.io/myorg/api:${sha}" } }` */
export const sources = z.record(z.union([z.enum(["api", "web"]), serviceName]), source);
