import type { NextConfig } from "next";
import { pageHeaders } from "./lib/page-headers.ts";

const config: NextConfig = {
  output: "standalone",
  // This folder is the whole application, also where it lies inside a larger repository with modules of its own.
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  // Django's paths end in a slash. Next would redirect to the path without, and Django back again.
  skipTrailingSlashRedirect: true,
  // A container's file system is read-only.
  experimental: { isrFlushToDisk: false },
  // The ingress can do it. What comes from Django would stay as it is either way (lib/forward.ts).
  compress: false,
  // No page has an image to resize: half the size of the server would be a library for that, and its cache a disk that
  // anybody could fill.
  images: { unoptimized: true },
  outputFileTracingExcludes: { "*": ["node_modules/sharp/**", "node_modules/@img/**"] },
  poweredByHeader: false,
  // Django sets its own.
  headers: async () => [
    { source: "/((?!api/).*)", headers: Object.entries(pageHeaders).map(([key, value]) => ({ key, value })) },
  ],
};

export default config;
