import { join } from "node:path";
import { debianSources } from "./debian-sources";
import type { Image } from "./image";
import { runLogged } from "./logged";

export const debianSuite = "bookworm";
/** What all images need besides the packages that Debian calls required, and apt. */
const included = "ca-certificates";
/** What nobody reads in a container. */
const excluded = ["doc", "info", "locale", "man", "zoneinfo/right"].map((name) => `/usr/share/${name}/*`);

/** What all other images are built on, so that a node has it once: in place of `debian:bookworm-slim`. */
export const debian: Image = {
  name: "debian",
  context: join(__dirname, "debian"),
  inputs: () => Promise.resolve([debianSuite, included, ...excluded]),
  prepare: async ({ scratch, aptConf, signal }) => {
    const sources = await debianSources(debianSuite);
    const forget = [
      // Whence this machine fetches is its own business: builds mount it, images don't have it.
      ...(sources.length > 0 ? ["etc/apt/sources.list", "etc/apt/sources.list.d/*"] : []),
      ...["etc/apt/apt.conf.d/99mmdebstrap", "etc/hostname", "etc/resolv.conf"],
    ];
    await runLogged(
      "mmdebstrap",
      [
        ...["--variant=minbase", `--include=${included}`, `--aptopt=${aptConf}`],
        // Without it a package that moves files at its installation comes along, and with it all of Perl: 47 MB.
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
