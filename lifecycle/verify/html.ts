import { Tokenizer } from "htmlparser2";

/** An element's opening tag. */
export interface Tag {
  /** In lower case, like the attributes' names. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * The opening tags of a page; what stands in comments, scripts and titles is none. It takes time in proportion to the page's
 * length, whatever is in it: not so the library's Parser, which also looks for what each closing tag closes.
 */
export function tagsOf(html: string): Tag[] {
  const tags: Tag[] = [];
  let name = "";
  let attributes = new Map<string, string>();
  let attribute = "";
  let value = "";
  const end = () => tags.push({ name, attributes });
  const nothing = () => undefined;
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname: (from, to) => {
        name = html.slice(from, to).toLowerCase();
        attributes = new Map();
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
