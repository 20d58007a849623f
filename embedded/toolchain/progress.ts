import { availableParallelism } from "node:os";
import type { ModuleName } from "./modules";

/** Milliseconds between messages, even while Go prints nothing: linking a large program takes half a minute. */
const interval = 10_000;

/** Turns Go's output during a build into a message every few seconds. */
export class Progress {
  private readonly start = Date.now();
  private readonly timer: NodeJS.Timeout;
  private readonly needed = new Set<string>();
  private downloads = 0;
  private compiled = 0;

  constructor(
    private readonly name: ModuleName,
    usualMinutes: number,
    private readonly report: (message: string) => void,
  ) {
    report(
      `${name}: building; from an empty Go cache that usually takes ${usualMinutes} min on 2 cores ` +
        `(this machine has ${availableParallelism()})`,
    );
    this.timer = setInterval(() => report(`${name}: ${this.state()}, ${this.elapsed()} so far`), interval).unref();
  }

  /** Adds packages of the build. Go compiles those that aren't cached. */
  expect(packages: readonly string[]): void {
    packages.forEach((path) => this.needed.add(path));
  }

  /** Handles a line of Go's output: a module that it downloads, or a package that it compiles. */
  line(text: string): void {
    if (text.startsWith("go: downloading ")) {
      this.downloads += 1;
    } else if (this.needed.has(text)) {
      this.compiled += 1;
    }
  }

  /** Reports that the build has succeeded. */
  succeed(): void {
    this.report(`${this.name}: built in ${this.elapsed()}`);
  }

  /** Stops reporting. */
  stop(): void {
    clearInterval(this.timer);
  }

  private state(): string {
    if (this.needed.size === 0) {
      return `downloading its source, ${this.downloads} modules`;
    }
    return `compiled ${this.compiled} of at most ${this.needed.size} packages`;
  }

  private elapsed(): string {
    const seconds = Math.round((Date.now() - this.start) / 1000);
    return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
}
