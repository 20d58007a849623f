import { join } from "node:path";
import { debianSources } from "./debian-sources";
import type { Image } from "./image";
import { runLogged } from "./logged";

export const debianSuite = "bookworm";
/** Packages for all images, in addition to apt and the essential ones. */
const included = "ca-certificates";
/** Files that containers don't need. */
const excluded = ["doc", "info", "locale", "man", "zoneinfo/right"].map((name) => `/usr/share/${name}/*`);

/** The base of all other images, which the node therefore stores only once. Stands in for `debian:bookworm-slim`. */
export const debian: Image = {
  name: "debian",
  context: join(__dirname, "debian"),
  inputs: () => Promise.resolve([debianSuite, included, ...excluded]),
  prepare: async ({ scratch, aptConf, signal }) => {
    const sources = await debianSources(debianSuite);
    const forget = [
      // Builds mount this machine's source lists; images must not contain them.
      ...(sources.length > 0 ? ["etc/apt/sources.list", "etc/apt/sources.list.d/*"] : []),
      ...["etc/apt/apt.conf.d/99mmdebstrap", "etc/hostname", "etc/resolv.conf"],
    ];
    await runLogged(
      "mmdebstrap",
      [
        ...["--variant=minbase", `--include=${included}`, `--aptopt=${aptConf}`],
        // Otherwise usrmerge would be installed, and with it Perl: 47 MB.
        "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
        ...excluded.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
        `--customize-hook=cd "$1" && rm -f ${forget.join(" ")}`,
        ...[debianSuite, join(scratch, "debian.tar"), ...sources],
      ],
      { name: "debian", signal },
    );
    return { context: scratch };
  },
};
