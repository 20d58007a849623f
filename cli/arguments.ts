import { InvalidArgumentError } from "@commander-js/extra-typings";
import { pullRequestNumber } from "../contract";

export function pullRequest(text: string): number {
  try {
    return pullRequestNumber(`pr-${text}`);
  } catch {
    throw new InvalidArgumentError("It must be a pull request's number, from 1 to 999999999.");
  }
}

/** As git writes it, so that it can't be anything else. */
export function commit(text: string): string {
  if (!/^[0-9a-f]{40}$/.test(text)) {
    throw new InvalidArgumentError("It must be a commit's SHA of 40 hexadecimal digits.");
  }
  return text;
}

export function count(text: string): number {
  if (!/^\d{1,6}$/.test(text)) {
    throw new InvalidArgumentError("It must be a number from 0 on.");
  }
  return Number(text);
}

/** A number, or the origin of a URL. */
export function target(text: string): number | string {
  const url = URL.parse(text);
  if (url === null) {
    return pullRequest(text);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new InvalidArgumentError("It must be a pull request's number or a URL such as https://pr-1.example.com.");
  }
  return url.origin;
}
