/** What to do about failures that `pulumi` and its plugins tell of in words that leave one alone. */
const advices: readonly [said: RegExp, advice: string][] = [
  [
    /\.pulumi\/\S*: no space left on device/,
    "the state backend's disk is full: make room there, then give the same command again, which finds what was made " +
      "meanwhile",
  ],
  [
    /\.pulumi\/\S*: (read-only file system|permission denied)/,
    "the state backend (PULUMI_BACKEND_URL) can't be written to: let this user write there, then give the same " +
      "command again",
  ],
  [
    /unexpected end of JSON input|failed to load checkpoint/,
    "the state backend has a state that can't be read: get it back from a backup, or remove it; preview close finds what " +
      "it knew of",
  ],
  [
    /could not run language executor\): fork\/exec \S+: argument list too long/,
    "the settings are too large: Pulumi hands all of them to the program in one variable, which holds 128 KiB; the public " +
      "CAs needn't be among trustedCa: trustPublicCas adds them",
  ],
  [
    // An identical record, an alias beside an address, an address beside an alias.
    /"code":(81053|81054|81058)\b/,
    "the zone has a record of that name that isn't this preview's, and it was left alone: delete it, or give the " +
      "previews another prefix or domain, then give the same command again",
  ],
  [
    /dns_records\S*: (409|429|5\d\d) /,
    "Cloudflare fails or refuses for the time being: see https://www.cloudflarestatus.com, then give the same command again",
  ],
];

/** A failure's text with the next step, where that is known. */
export function advised(text: string): string {
  const found = advices.find(([said]) => said.test(text));
  return found === undefined ? text : `${text}\n${found[1]}`;
}
