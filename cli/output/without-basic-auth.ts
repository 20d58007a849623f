import { redact } from "../../clients/kubernetes/secrets";

/** A text without the credentials of PREVIEW_BASIC_AUTH, in clear or as a header has them: a preview may repeat what it was sent. */
export function withoutBasicAuth(text: string, { PREVIEW_BASIC_AUTH: value = "" } = process.env): string {
  return value === "" ? text : redact(text, [value, value.slice(value.indexOf(":") + 1)]);
}
