/** Seconds that each phase took. */
export type Phases = Readonly<Record<string, number>>;

export class Stopwatch {
  readonly seconds: Record<string, number> = {};

  async time<Result>(phase: string, action: () => Promise<Result>): Promise<Result> {
    const started = performance.now();
    try {
      return await action();
    } finally {
      const spent = (performance.now() - started) / 1000;
      this.seconds[phase] = Math.round(((this.seconds[phase] ?? 0) + spent) * 10) / 10;
    }
  }
}
