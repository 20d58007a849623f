import { Tokenizer } from "htmlparser2";
import { NotChecked } from "./not-checked";

/** An element's opening tag. */
export interface Tag {
  /** In lower case, like the attributes' names. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** How many tags are looked at, so that a page of nothing else fits into memory. */
const most = 50_000;

/**
 * The opening tags of a page that have attributes; what stands in comments, scripts and titles is none. It takes time in proportion to the page's
 * length, whatever is in it: not so the library's Parser, which also looks for what each closing tag closes.
 *
 * @throws NotChecked where there are more than anybody has written
 */
export function tagsOf(html: string): Tag[] {
  const tags: Tag[] = [];
  let name = "";
  const none = new Map<string, string>();
  let attributes = none;
  let attribute = "";
  let value = "";
  const end = () => {
    if (attributes !== none) {
      tags.push({ name, attributes });
    }
    if (tags.length > most) {
      throw new NotChecked(`the page has more than ${most} tags with attributes`);
    }
  };
  const nothing = () => undefined;
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname: (from, to) => {
        name = html.slice(from, to).toLowerCase();
        attributes = none;
      },
      onattribname: (from, to) => {
        attribute = html.slice(from, to).toLowerCase();
        value = "";
      },
      onattribdata: (from, to) => {
        value += html.slice(from, to);
      },
      onattribentity: (codepoint) => {
        value += String.fromCodePoint(codepoint);
      },
      onattribend: () => {
        attributes = attributes === none ? new Map<string, string>() : attributes;
        // Of two with one name the first counts.
        attributes.set(attribute, attributes.get(attribute) ?? value);
      },
      onopentagend: end,
      onselfclosingtag: end,
      onclosetag: nothing,
      oncdata: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onend: nothing,
      onprocessinginstruction: nothing,
      ontext: nothing,
      ontextentity: nothing,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return tags;
}
