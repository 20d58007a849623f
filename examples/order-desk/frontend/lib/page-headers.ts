/** Headers of all responses by the web itself. Django sets the same, except for X-Frame-Options instead of a policy. */
export const pageHeaders = {
  // Sibling previews are the same site: a page in their frame would have the visitor's session (clickjacking).
  "Content-Security-Policy": "frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  // With popups, so that a provider's login can go on in one.
  "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
  // An internal tool must not be indexed.
  "X-Robots-Tag": "noindex, nofollow",
} as const;
