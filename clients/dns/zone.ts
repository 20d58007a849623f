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

/** A DNS record, no matter who created it. */
export interface ZoneRecord {
  readonly id: string;
  /** `pr-123.previews.example.com` */
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

/** A DNS record that a preview created. */
export interface OwnedRecord extends ZoneRecord {
  /** Equal to `dnsComment` of its owner. */
  readonly comment: string;
  /** What the comment says. */
  readonly owner: CommentOwner;
}

/** One page is nearly always enough. Cloudflare allows 5 million. */
const pageSize = 1000;

/** Cloudflare's code for a record that doesn't exist. */
const gone = 81044;

/**
 * A Cloudflare zone, independent of Pulumi's state: to check that a preview's records are gone, and to delete those that a lost
 * state has left behind.
 */
export class Zone {
  private readonly api: CloudflareApi;

  /**
   * @param id the setting `dns.zoneId`
   * @param env with CLOUDFLARE_API_TOKEN, and optionally CLOUDFLARE_BASE_URL
   * @throws UserError if the token is missing
   */
  constructor(id: string, env: NodeJS.ProcessEnv = process.env, dispatcher: Dispatcher = internet()) {
    this.api = new CloudflareApi(id, env, dispatcher);
  }

  /**
   * All records whose comment is a preview's, of any owner. Never an incomplete list: its reader takes what is missing for gone.
   *
   * @throws UserError if the zone can't be listed completely
   */
  async ownedRecords(): Promise<OwnedRecord[]> {
    return (await this.whole({ "comment.startswith": dnsCommentStart })).flatMap(owned);
  }

  /**
   * All records of a name.
   *
   * @throws UserError if the zone can't be listed completely
   */
  async recordsOf(name: string): Promise<ZoneRecord[]> {
    return this.whole({ "name.exact": name });
  }

  /**
   * Which of these records aren't in the zone. Asks for them one by one, since a list may lack one by mistake.
   *
   * @throws UserError with the cause and the next step
   */
  async gone(recordIds: readonly string[]): Promise<string[]> {
    const answers = recordIds.map(async (id) => {
      const { success } = await this.api.ask("GET", `/${encodeURIComponent(id)}`, [gone]);
      return success ? [] : [id];
    });
    return (await Promise.all(answers)).flat();
  }

  /**
   * Deletes a record; succeeds if it is already gone.
   *
   * @throws UserError with the cause and the next step
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
      "Cloudflare's list of DNS records was incomplete three times, as if the zone was being changed: try again",
    );
  }

  /** Undefined if a record may have moved between pages while they were read. */
  private async list(filter: Readonly<Record<string, string>>): Promise<z.infer<typeof record>[] | undefined> {
    const found = new Map<string, z.infer<typeof record>>();
    for (let page = 1; ; page += 1) {
      const query = new URLSearchParams({ ...filter, page: String(page), per_page: String(pageSize) });
      const { result, result_info: info } = await this.api.ask("GET", `?${query.toString()}`);
      const records = z.array(record).safeParse(result);
      if (!records.success || info == null) {
        throw new UserError(
          "Cloudflare's list of DNS records can't be read: check that CLOUDFLARE_BASE_URL is the URL of its API v4",
        );
      }
      records.data.forEach((one) => found.set(one.id, one));
      if (page >= info.total_pages) {
        return found.size === info.total_count ? [...found.values()] : undefined;
      }
    }
  }
}

/** Cloudflare's filter ignores case, so a comment that only looks like ours may be among them. */
function owned({ comment, ...rest }: z.infer<typeof record>): OwnedRecord[] {
  const owner = ownerOfComment(comment ?? "");
  return owner === undefined ? [] : [{ ...rest, comment: comment!, owner }];
}
