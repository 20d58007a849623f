import { type ProductImage, productImages } from "../parts";
import type { SettingsValues } from "./schema";
import { configuresTrust, reservedNames, trustNames } from "./reserved-names";

/**
 * Variables in the settings that the preview sets itself, so that their values would be silently ignored. Copes with groups
 * that are otherwise invalid.
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
      ? [`demoLogin.passwordVariable: the variable ${password} is already set; use another name`]
      : [];
  const ofImages = productImages.flatMap((image) =>
    (["env", "secrets"] as const).flatMap((group) =>
      names(image, group)
        .filter((name) => taken(image).includes(name))
        .map((name) => `${image}.${group}.${name}: is set by the preview itself; use another name`),
    ),
  );
  return [...ofLogin, ...ofImages];
}
