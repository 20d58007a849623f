/** A line of a text in Markdown, its number from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** Begins or ends a code block, also one in a list. */
const fence = /^[ \t]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*(`{3,}(?=[^`]*$)|~{3,})/;

/** Code within a line: what is in it begins no comment. */
const inlineCode = /`+[^`]*`+/g;

/**
 * The lines of a text in Markdown that are neither in a fenced code block, nor in an HTML comment, nor quoted (`>`). A comment is
 * cut out of its lines. This is what a reader sees but for rarities, such as code by indentation. It takes time linear in the
 * text's length.
 */
export function visibleLines(markdown: string): Line[] {
  const visible: Line[] = [];
  let openFence = "";
  let isComment = false;
  markdown.split(/\r\n|\r|\n/).forEach((whole, index) => {
    if (openFence !== "") {
      openFence = closes(whole, openFence) ? "" : openFence;
      return;
    }
    if (!isComment && /^[ \t]*>/.test(whole)) {
      return;
    }
    const { text, isOpen } = withoutComments(whole, isComment);
    isComment = isOpen;
    openFence = fence.exec(text)?.[1] ?? "";
    if (openFence === "") {
      visible.push({ number: index + 1, text });
    }
  });
  return visible;
}

function closes(line: string, opening: string): boolean {
  const text = line.trim();
  return text.length >= opening.length && text === opening[0]!.repeat(text.length);
}

/** @param isOpen whether a comment of an earlier line goes on */
function withoutComments(line: string, isOpen: boolean): { readonly text: string; readonly isOpen: boolean } {
  const searched = line.replace(inlineCode, (code) => "`".repeat(code.length));
  const kept: string[] = [];
  let at = 0;
  while (at < line.length) {
    const end = (isOpen ? line : searched).indexOf(isOpen ? "-->" : "<!--", at);
    if (!isOpen) {
      kept.push(line.slice(at, end === -1 ? undefined : end));
    }
    if (end === -1) {
      break;
    }
    at = end + (isOpen ? 3 : 4);
    isOpen = !isOpen;
  }
  return { text: kept.join(""), isOpen };
}
