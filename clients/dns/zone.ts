import type { Dispatcher } from "undici";
import { z } from "zod";
import { type CommentOwner, dnsCommentStart, ownerOfComment, UserError } from "../../contract";
import { CloudflareApi, internet } from "./cloudflare/api";

const record = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  content: z.string(),
  comment: z.string().nullish(),
});

/** A DNS record, no matter who made it. */
export interface ZoneRecord {
  readonly id: string;
  /** `pr-123.previews.example.com` */
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

/** A DNS record that a preview has made. */
export interface OwnedRecord extends ZoneRecord {
  /** Equal to `dnsComment` of its owner. */
  readonly comment: string;
  /** What the comment says. */
  readonly owner: CommentOwner;
}

/** So large that previews rarely need a second request; Cloudflare allows 5 million. */
const pageSize = 1000;

/** Cloudflare's code for a record that doesn't exist. */
const gone = 81044;

/**
 * A Cloudflare zone as it is, independent of Pulumi's state: what looks whether a preview's records are gone, and
 * removes what a state that was lost has left.
 */
export class Zone {
  private readonly api: CloudflareApi;

  /**
   * @param id That of the setting `dns.zoneId`.
   * @param env With CLOUDFLARE_API_TOKEN; CLOUDFLARE_BASE_URL leads elsewhere.
   * @throws UserError where the token is missing
   */
  constructor(id: string, env: NodeJS.ProcessEnv = process.env, dispatcher: Dispatcher = internet()) {
    this.api = new CloudflareApi(id, env, dispatcher);
  }

  /**
   * All records whose comment says that a preview of any owner made them. A list that may lack a record is never
   * returned: its reader takes what isn't there for gone.
   *
   * @throws UserError where the zone can't be listed as a whole
   */
  async ownedRecords(): Promise<OwnedRecord[]> {
    return (await this.whole({ "comment.startswith": dnsCommentStart })).flatMap(owned);
  }

  /**
   * All records of a name.
   *
   * @throws UserError where the zone can't be listed as a whole
   */
  async recordsOf(name: string): Promise<ZoneRecord[]> {
    return this.whole({ "name.exact": name });
  }

  /**
   * Of the records with these ids, those that aren't in the zone: asked for one by one, so that none is taken for gone
   * only because a list lacks it.
   *
   * @throws UserError with cause and next step
   */
  async gone(recordIds: readonly string[]): Promise<string[]> {
    const answers = recordIds.map(async (id) => {
      const { success } = await this.api.ask("GET", `/${encodeURIComponent(id)}`, [gone]);
      return success ? [] : [id];
    });
    return (await Promise.all(answers)).flat();
  }

  /**
   * Deletes a record; one that is gone already is as good.
   *
   * @throws UserError with cause and next step
   */
  async delete(recordId: string): Promise<void> {
    await this.api.ask("DELETE", `/${encodeURIComponent(recordId)}`, [gone]);
  }

  private async whole(filter: Readonly<Record<string, string>>): Promise<z.infer<typeof record>[]> {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const records = await this.list(filter);
      if (records !== undefined) {
        return records;
      }
    }
    throw new UserError(
      "Cloudflare listed fewer DNS records than it counts, three times: the zone is being changed; try again",
    );
  }

  /** Undefined where a record may have slipped from one page to another while they were read. */
  private async list(filter: Readonly<Record<string, string>>): Promise<z.infer<typeof record>[] | undefined> {
    const found = new Map<string, z.infer<typeof record>>();
    for (let page = 1; ; page += 1) {
      const query = new URLSearchParams({ ...filter, page: String(page), per_page: String(pageSize) });
      const { result, result_info: info } = await this.api.ask("GET", `?${query.toString()}`);
      const records = z.array(record).safeParse(result);
      if (!records.success || info == null) {
        throw new UserError(
          "Cloudflare's list of DNS records can't be read: look whether CLOUDFLARE_BASE_URL leads to its API v4",
        );
      }
      records.data.forEach((one) => found.set(one.id, one));
      if (page >= info.total_pages) {
        return found.size === info.total_count ? [...found.values()] : undefined;
      }
    }
  }
}

/** Cloudflare filters comments without regard to case. What only looks like one of ours isn't. */
function owned({ comment, ...rest }: z.infer<typeof record>): OwnedRecord[] {
  const owner = ownerOfComment(comment ?? "");
  return owner === undefined ? [] : [{ ...rest, comment: comment!, owner }];
}
