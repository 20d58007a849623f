/** The next step for failures whose messages, from `pulumi` and its plugins, don't name one. */
const knownFailures: readonly [said: RegExp, advice: string][] = [
  [
    /\.pulumi\/\S*: no space left on device/,
    "the state backend's disk is full: free some space, then run the same command again; it finds what has been created so far",
  ],
  [
    /\.pulumi\/\S*: (read-only file system|permission denied)/,
    "the state backend (PULUMI_BACKEND_URL) can't be written to: give this user write access, then run the same command again",
  ],
  [
    /unexpected end of JSON input|failed to load checkpoint/,
    "a state in the state backend can't be read: restore it from a backup, or remove it; preview close then finds the objects " +
      "that it listed",
  ],
  [
    /could not run language executor\): fork\/exec \S+: argument list too long/,
    "the settings are too large: Pulumi passes all of them to the program in one environment variable, which holds 128 KiB; " +
      "leave the public CAs out of trustedCa: the setting trustPublicCas adds them",
  ],
  [
    // An identical record, a CNAME beside an address, an address beside a CNAME.
    /"code":(81053|81054|81058)\b/,
    "the zone has a record of that name that isn't this preview's, and it was left alone: delete it, or give previews " +
      "another prefix or domain, then run the same command again",
  ],
  [
    /dns_records\S*: (409|429|5\d\d) /,
    "Cloudflare is failing or refusing requests: see https://www.cloudflarestatus.com, then run the same command again",
  ],
];

/** Adds the next step to a failure's text, if it is a known failure. */
export function withAdvice(text: string): string {
  const found = knownFailures.find(([said]) => said.test(text));
  return found === undefined ? text : `${text}\n${found[1]}`;
}
