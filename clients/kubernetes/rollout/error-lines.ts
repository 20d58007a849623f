/** How many lines are shown, and how long each may be, in characters. */
const mostLines = 5;
const longestLine = 300;

/** A level, or a class of errors as Python and JavaScript write it: `ERROR`, `TypeError:`, `django.db.utils.OperationalError:` */
const error =
  /\b(?:ERROR|CRITICAL|FATAL|PANIC)\b|\b\w*(?:Error|Exception)\b|"?level"?\s*[=:]\s*"?(?:error|critical|fatal)\b/;

/** A frame of a JavaScript stack, or anything indented in a Python traceback. */
const frame = /^\s+at\s/;

const linesOf = (log: string) => log.split(/[\r\n]+/).filter((line) => line.trim() !== "");

/** A log's last lines, each once. */
export const lastLines = (log: string): string[] => lastOf(linesOf(log));

/** The last lines of a log that tell of an error, each once: of a traceback its last line, and no frame of a stack. */
export function errorLines(log: string): string[] {
  const errors: string[] = [];
  let inTraceback = false;
  for (const line of linesOf(log)) {
    if (line.startsWith("Traceback (most recent call last)")) {
      inTraceback = true;
    } else if (inTraceback) {
      inTraceback = /^\s/.test(line);
      if (!inTraceback) {
        errors.push(line);
      }
    } else if (error.test(line) && !frame.test(line)) {
      errors.push(line);
    }
  }
  return lastOf(errors);
}

/** Of lines that are the same the last one stays. */
const lastOf = (lines: readonly string[]): string[] =>
  [...new Set(lines.toReversed())].slice(0, mostLines).toReversed().map(shortened);

const shortened = (line: string): string =>
  line.length > longestLine ? `${line.slice(0, longestLine).toWellFormed()}…` : line;
