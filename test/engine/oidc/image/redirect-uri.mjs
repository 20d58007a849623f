/**
 * Whether a redirect URI is among those registered. A registered one may have a single `*`, which stands for a pull
 * request's number and nothing else. What is around it is compared letter by letter: nothing is parsed, so nothing can
 * be read in two ways.
 *
 * @param {readonly string[]} registered such as `https://pr-*.previews.example.com/auth/callback/oidc/`
 * @param {string} redirectUri
 */
export function isRegistered(registered, redirectUri) {
  return registered.some((pattern) => {
    const parts = pattern.split("*");
    if (parts.length === 1) return pattern === redirectUri;
    const [before = "", after = ""] = parts;
    return (
      parts.length === 2 &&
      redirectUri.startsWith(before) &&
      redirectUri.endsWith(after) &&
      /^[1-9][0-9]*$/.test(redirectUri.slice(before.length, redirectUri.length - after.length))
    );
  });
}
