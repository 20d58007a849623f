/** @throws Error that says how to run the suite, where the variable is missing */
export function variable(name: "PREVIEW_URL" | "PREVIEW_USERNAME" | "PREVIEW_PASSWORD"): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. Run this as: npx preview test <number | url> -- npm run e2e`);
  return value;
}
