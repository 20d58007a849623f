/** A server's clock, as the header Date of its answers tells it. It goes on by itself, whatever is done to this machine's. */
export class ServerClock {
  private heard?: { readonly time: number; readonly at: number };

  /** @param date as in the header; what isn't readable is passed over */
  hear(date: string | null): void {
    const time = Date.parse(date ?? "");
    if (!Number.isNaN(time)) {
      this.heard = { time, at: performance.now() };
    }
  }

  /** Undefined until it has been heard of. */
  now(): Date | undefined {
    return this.heard && new Date(this.heard.time + performance.now() - this.heard.at);
  }
}
