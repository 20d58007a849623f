import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A record as the Cloudflare stand-in stores it, with the field names of Cloudflare's API. */
export interface DnsRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly ttl: number;
  readonly proxied: boolean;
  readonly comment?: string;
}

/** Makes requests to a zone slow or fail. The first fault that matches a request applies. */
export interface DnsFault {
  /** The kind of request @default any */
  readonly on?: "create" | "list" | "read" | "update" | "delete";
  readonly delayMs?: number;
  /** HTTP status of the answer; without it the request succeeds after the delay. */
  readonly status?: number;
  /** Cloudflare's own error, in the answer's body. */
  readonly code?: number;
  readonly message?: string;
  /** How many requests it applies to @default all */
  readonly times?: number;
}

/** A zone of the Cloudflare stand-in, for tests to inspect and break. Not to be changed during an update. */
export class DnsZone {
  private readonly recordsFile: string;
  private readonly faultsFile: string;

  /** @param folder the value of LOCAL_DNS_DIR */
  constructor(
    private readonly folder: string,
    id: string,
  ) {
    this.recordsFile = join(folder, `${id}.json`);
    this.faultsFile = join(folder, `${id}.faults.json`);
  }

  get records(): DnsRecord[] {
    return existsSync(this.recordsFile) ? (JSON.parse(readFileSync(this.recordsFile, "utf8")) as DnsRecord[]) : [];
  }

  set records(records: readonly DnsRecord[]) {
    this.write(this.recordsFile, records);
  }

  /** Applies these faults to requests from now on, in place of earlier ones. */
  inject(...faults: readonly DnsFault[]): void {
    this.write(this.faultsFile, faults);
  }

  /** The faults that are still to come. */
  get faults(): DnsFault[] {
    return existsSync(this.faultsFile) ? (JSON.parse(readFileSync(this.faultsFile, "utf8")) as DnsFault[]) : [];
  }

  /** Requests succeed again. */
  heal(): void {
    rmSync(this.faultsFile, { force: true });
  }

  private write(file: string, value: unknown): void {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(file, JSON.stringify(value, undefined, 2) + "\n");
  }
}
