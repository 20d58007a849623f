import { Tokenizer } from "htmlparser2";
import { NotChecked } from "./not-checked";

/** An element's opening tag. */
export interface Tag {
  /** In lower case, like the attributes' names. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** The most tags that are read, to bound memory. */
const most = 50_000;

/**
 * A page's opening tags with attributes, except in comments, scripts and titles. Takes linear time for any input, unlike the
 * library's Parser, which searches for the tag that each closing tag closes.
 *
 * @throws NotChecked if there are more than {@link most}
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
        // The first of duplicate attributes counts.
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
