import { type ProductImage, productImages } from "../parts";
import type { SettingsValues } from "./schema";
import { configuresTrust, reservedNames, trustNames } from "./reserved-names";

/**
 * Variables of a product's own that the preview sets itself: theirs would be ignored, and nobody would know why. Groups that
 * are wrong otherwise are looked at as far as they go.
 */
export function overriddenVariables(values: SettingsValues): string[] {
  const taken = (image: ProductImage): readonly string[] => [
    ...reservedNames[image],
    ...(configuresTrust(values) ? trustNames[image] : []),
  ];
  const names = (image: ProductImage, group: "env" | "secrets") => Object.keys(values[image]?.[group] ?? {});
  const password = values.demoLogin?.passwordVariable;
  const ofLogin =
    password !== undefined && [...taken("api"), ...names("api", "env"), ...names("api", "secrets")].includes(password)
      ? [`demoLogin.passwordVariable: ${password} has another value already; give it another name`]
      : [];
  const ofImages = productImages.flatMap((image) =>
    (["env", "secrets"] as const).flatMap((group) =>
      names(image, group)
        .filter((name) => taken(image).includes(name))
        .map((name) => `${image}.${group}.${name}: is set by the preview itself; give it another name`),
    ),
  );
  return [...ofLogin, ...ofImages];
}
