import { InvalidArgumentError } from "@commander-js/extra-typings";
import { type Dependency, fullCommit, parsePull, parseWith, type PullName, pullRequestNumber } from "../contract";

export function pullRequest(text: string): number {
  try {
    return pullRequestNumber(`pr-${text}`);
  } catch {
    throw new InvalidArgumentError("It must be a pull request number from 1 to 999999999.");
  }
}

export function commit(text: string): string {
  if (!fullCommit.test(text)) {
    throw new InvalidArgumentError("It must be a full commit SHA of 40 hexadecimal digits.");
  }
  return text;
}

export function count(text: string): number {
  if (!/^\d{1,6}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number from 0 to 999999.");
  }
  return Number(text);
}

/** @returns a pull request number, or the origin of a URL */
export function target(text: string): number | string {
  const url = URL.parse(text);
  if (url === null) {
    return pullRequest(text);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new InvalidArgumentError("It must be a pull request number or a URL such as https://pr-1.example.com.");
  }
  return url.origin;
}

/** `--image NAME=REF`, once for each image. */
export function namedImages(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, image] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(text) ?? [];
  if (name === undefined || image === undefined) {
    throw new InvalidArgumentError("It must be NAME=IMAGE, such as collab=ghcr.io/myorg/collab:4f5c2d1….");
  }
  if (name in before) {
    throw new InvalidArgumentError(`The image ${name} is given twice.`);
  }
  return { ...before, [name]: image };
}

/** `--with A,B`, `--with "A, B"`, or `--with A --with B`. */
export function dependencies(text: string, before: readonly Dependency[] = []): readonly Dependency[] {
  try {
    return [...before, ...text.split(",").map((one) => parseWith(one.trim()))];
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message.replace(/^--with must/, "It must"));
  }
}

/** `myorg/backend#515` */
export function pullOfRepository(text: string): PullName {
  const found = parsePull(text);
  if (found === undefined) {
    throw new InvalidArgumentError("It must be a pull request of another repository, such as myorg/backend#515.");
  }
  return found;
}
