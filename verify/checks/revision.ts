import { ofImage, parseImage, type Part, productWorkloads } from "../../contract";
import type { Pod } from "../../clients/kubernetes/types";
import { type Check, verdict } from "../check";
import type { Target } from "../target";

const workloadsOf = ({ cluster }: Target): Part[] => productWorkloads(cluster.parts);

const images: Check = {
  id: "images",
  title: "The images running are the ones deployed",
  setting: "api.image and web.image, then pulumi up; nothing else may change the Deployments",
  why: "reviewers see a different commit than they think",
  run: async (target) => {
    const { images: ordered } = target.ordered;
    const problems = await Promise.all(
      workloadsOf(target).map(async (part) =>
        wrongImages(await target.cluster.pods(part), ofImage(ordered, part), part.name),
      ),
    );
    return verdict(problems.flat(), Object.values(ordered).join(", "));
  },
};

/** The pods of a workload that don't run the given image. */
export function wrongImages(pods: readonly Pod[], ordered: string | undefined, workload: string): string[] {
  if (pods.length === 0) {
    return [`${workload} has no pod`];
  }
  const digest = parseImage(ordered ?? "")?.digest;
  return pods.flatMap(({ metadata, spec, status }) => {
    const image = spec.containers[0]?.image;
    if (image !== ordered) {
      return [`${metadata.name} has ${image} instead of ${ordered}`];
    }
    const id = status.containerStatuses?.[0]?.imageID ?? "";
    return digest === undefined || id.endsWith(digest) ? [] : [`${metadata.name} runs ${id || "nothing yet"}`];
  });
}

const revisions: Check = {
  id: "revision",
  title: "The containers have the deployed commit in GIT_SHA",
  setting: "GIT_SHA: api.sha and web.sha, by default the image's tag or digest",
  why: "the product shows and logs a revision that isn't running",
  run: async (target) => {
    const { revisions: ordered } = target.ordered;
    const problems = await Promise.all(
      workloadsOf(target).map(async (part) => {
        const { env = [] } = await target.cluster.container(part);
        const told = env.find(({ name }) => name === "GIT_SHA")?.value;
        const revision = ofImage(ordered, part);
        // Only what has the API's variables or the web's is told.
        return told === revision || (told === undefined && part.role === "service")
          ? []
          : [`${part.name} has ${told ?? "none"} instead of ${revision}`];
      }),
    );
    const told = Object.entries(ordered).map(([name, revision]) => `${name} ${revision}`);
    return verdict(problems.flat(), told.join(", "));
  },
};

export const revisionChecks = [images, revisions];
