import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  // This folder is the whole application, also where it lies inside a larger repository with modules of its own.
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  // Django's paths end in a slash. Next would redirect to the path without, and Django back again.
  skipTrailingSlashRedirect: true,
  // A container's file system is read-only.
  experimental: { isrFlushToDisk: false },
  // Compressing here would also hit what comes from Django: byte ranges, event streams, large downloads. The ingress
  // can do it for pages.
  compress: false,
  // No page has an image to resize: half the size of the server would be a library for that.
  images: { unoptimized: true },
  outputFileTracingExcludes: { "*": ["node_modules/sharp/**", "node_modules/@img/**"] },
  poweredByHeader: false,
  // A team's tool is for no search engine. Django marks its own answers.
  headers: async () => [{ source: "/((?!api/).*)", headers: [{ key: "X-Robots-Tag", value: "noindex, nofollow" }] }],
};

export default config;
