/** A server's clock, by the Date header of its answers. Between answers it advances by this machine's monotonic clock. */
export class ServerClock {
  private observed?: { readonly time: number; readonly at: number };

  /** @param date the header's value; ignored if it isn't a date */
  observe(date: string | null): void {
    const time = Date.parse(date ?? "");
    if (!Number.isNaN(time)) {
      this.observed = { time, at: performance.now() };
    }
  }

  /** Undefined until the first answer. */
  now(): Date | undefined {
    return this.observed && new Date(this.observed.time + performance.now() - this.observed.at);
  }
}
