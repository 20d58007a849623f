import { UserError } from "../../contract";
import type { ProductImages } from "../../embedded";

/** What `npm test` found or made before it started these suites. */
export interface Embedded {
  readonly images: ProductImages;
  readonly port: number;
}

export function embedded(): Embedded {
  const given = process.env.TEST_EMBEDDED;
  if (given === undefined) {
    throw new UserError("these suites need the embedded node: run them with npm test");
  }
  return JSON.parse(given) as Embedded;
}
