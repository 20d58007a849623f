import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A record as the cloudflare stand-in keeps it, in the names of Cloudflare's API. */
export interface DnsRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly ttl: number;
  readonly proxied: boolean;
  readonly comment?: string;
}

/** Makes requests to a zone slow, or fail. Each request suffers the first fault that fits it. */
export interface DnsFault {
  /** The kind of request; without it, any. */
  readonly on?: "create" | "list" | "read" | "update" | "delete";
  readonly delayMs?: number;
  /** HTTP status of the answer; without it the request succeeds after the delay. */
  readonly status?: number;
  /** Cloudflare's own error, in the answer's body. */
  readonly code?: number;
  readonly message?: string;
  /** How many requests suffer it; without it, all. */
  readonly times?: number;
}

/** A zone of the cloudflare stand-in, for tests to look into and to spoil. Not to be changed while an update runs. */
export class DnsZone {
  private readonly recordsFile: string;
  private readonly faultsFile: string;

  /** @param folder That of LOCAL_DNS_DIR. */
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

  /** From now on, requests suffer these faults, and no earlier ones. */
  order(...faults: readonly DnsFault[]): void {
    this.write(this.faultsFile, faults);
  }

  /** What requests have still to suffer. */
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
