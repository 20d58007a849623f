import { parseImage } from "../../contract";
import { type Check, verdict } from "../check";
import type { Pod } from "../cluster";

const workloads = ["api", "web"] as const;

const images: Check = {
  id: "images",
  title: "The images that run are those that were ordered",
  setting: "api.image and web.image, then pulumi up; nothing else may change the Deployments",
  why: "reviewers look at another commit than they think",
  run: async (target) => {
    const { images: ordered } = target.ordered;
    const problems = await Promise.all(
      workloads.map(async (workload) => wrongImages(await target.cluster.pods(workload), ordered[workload], workload)),
    );
    return verdict(problems.flat(), Object.values(ordered).join(", "));
  },
};

/** What is wrong with the images of a workload's pods. */
export function wrongImages(pods: readonly Pod[], ordered: string, workload: string): string[] {
  if (pods.length === 0) {
    return [`${workload} has no pod`];
  }
  const digest = parseImage(ordered)?.digest;
  return pods.flatMap(({ metadata, spec, status }) => {
    const image = spec.containers[0]?.image;
    if (image !== ordered) {
      return [`${metadata.name} has ${image}, ordered was ${ordered}`];
    }
    const id = status.containerStatuses?.[0]?.imageID ?? "";
    return digest === undefined || id.endsWith(digest) ? [] : [`${metadata.name} runs ${id || "nothing yet"}`];
  });
}

const revisions: Check = {
  id: "revision",
  title: "The containers know the commit that was ordered",
  setting: "GIT_SHA: api.sha and web.sha, by default the image's tag or digest",
  why: "the revision that the product shows and logs isn't the one that runs",
  run: async (target) => {
    const { revisions: ordered } = target.ordered;
    const problems = await Promise.all(
      workloads.map(async (workload) => {
        const { env = [] } = await target.cluster.container(workload);
        const told = env.find(({ name }) => name === "GIT_SHA")?.value;
        return told === ordered[workload]
          ? []
          : [`${workload} has ${told ?? "none"}, ordered was ${ordered[workload]}`];
      }),
    );
    return verdict(problems.flat(), `api ${ordered.api}, web ${ordered.web}`);
  },
};

export const revisionChecks = [images, revisions];
