/** What every answer of the web's own says. Django says as much of its own, but for X-Frame-Options in place of a policy. */
export const pageHeaders = {
  // A sibling preview is of the same site: in its frame a page would have the visitor's session, and be clicked unseen.
  "Content-Security-Policy": "frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  // With popups, so that a provider's login can go on in one.
  "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
  // A team's tool is for no search engine.
  "X-Robots-Tag": "noindex, nofollow",
} as const;
