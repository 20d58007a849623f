import { type Leaves, segmentsOf, UserError } from "../../contract";

/**
 * Refuses images that the settings have no part for: setting one would add a part.
 *
 * @param images names of the given images
 * @param leaves the settings, with the images in place
 * @throws UserError that lists the known images
 */
export function refuseOtherImages(images: readonly string[], leaves: Leaves): void {
  const known = ["api", ...(isTrue(leaves["web.enabled"] ?? true) ? ["web"] : []), ...servicesOf(leaves)];
  const unknown = images.find((name) => !known.includes(name));
  if (unknown === undefined) {
    return;
  }
  const advice =
    unknown === "web"
      ? "the setting web.enabled is false"
      : `for a service of your own set services.${unknown}.perCommit to true`;
  throw new UserError(
    `there is no image ${unknown} that a commit changes, and nothing was changed: there are ${known.join(", ")}; ${advice}`,
  );
}

/** Those whose images a commit changes. */
const servicesOf = (leaves: Leaves): string[] =>
  Object.keys(leaves).flatMap((path) => {
    const [group, name, key] = segmentsOf(path);
    return group === "services" && key === "perCommit" && isTrue(leaves[path]) ? [name!] : [];
  });

/** Configuration may have it as text. */
const isTrue = (value: unknown) => value === true || value === "true";
