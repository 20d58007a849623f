import { dependencyText, imageOf, ofImage, parseImage, type Part, productWorkloads } from "../../contract";
import type { Pod } from "../../clients/kubernetes/types";
import { type Check, verdict } from "../check";
import { NotChecked } from "../not-checked";
import type { Target } from "../target";

const workloadsOf = ({ cluster }: Target): Part[] => productWorkloads(cluster.parts);

const images: Check = {
  id: "images",
  title: "The images running are the ones deployed",
  setting: "api.image, web.image, or the image of a service, then pulumi up; nothing else may change the workloads",
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
  title: "GIT_SHA is the deployed commit wherever a container has it",
  setting: "GIT_SHA: api.sha and web.sha, by default the image's tag or digest",
  why: "the product shows and logs a revision that isn't running",
  run: async (target) => {
    const { revisions: ordered } = target.ordered;
    const all = await Promise.all(
      workloadsOf(target).map(async (part) => {
        const { env = [] } = await target.cluster.container(part);
        return { part, told: env.find(({ name }) => name === "GIT_SHA")?.value };
      }),
    );
    // Services with neither the API's variables nor the web's have none, and a setting may leave it out.
    const found = all.flatMap(({ part, told }) => (told === undefined ? [] : [{ part, told }]));
    if (found.length === 0) {
      throw new NotChecked("no container has the variable GIT_SHA in clear");
    }
    return verdict(
      found.flatMap(({ part, told }) => {
        const revision = ofImage(ordered, part) ?? "";
        // A product may write it in its own way, such as `release-${sha.api}`.
        return told.includes(revision) ? [] : [`${part.name} has ${told} instead of ${revision}`];
      }),
      found.map(({ part, told }) => `${part.name} ${told}`).join(", "),
    );
  },
};

const pairing: Check = {
  id: "pair",
  title: "What runs of other repositories is what the pair was resolved to",
  setting: "sources, then preview up, which resolves the pair anew",
  why: "a reviewer approves both halves, and one of them is another commit than the comment says",
  run: async (target) => {
    const pair = Object.entries(target.ordered.pair ?? {});
    const running = workloadsOf(target).flatMap((part) =>
      pair.filter(([name]) => name === imageOf(part)).map(([, resolved]) => ({ part, resolved })),
    );
    const problems = await Promise.all(
      running.map(async ({ part, resolved }) =>
        wrongImages(await target.cluster.pods(part), resolved.image, part.name),
      ),
    );
    return verdict(
      problems.flat(),
      pair.map(([name, one]) => `${name} ${dependencyText(one)} at ${one.commit}`).join(", ") ||
        "no part comes from another repository",
    );
  },
};

export const revisionChecks = [images, revisions, pairing];
