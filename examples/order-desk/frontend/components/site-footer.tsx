import Link from "next/link";
import { connection } from "next/server";
import { backend } from "@/lib/backend";
import styles from "./site-footer.module.css";

/** Which preview this is and what runs in it, read from the environment at run time: the image knows neither. */
export async function SiteFooter() {
  await connection();
  const api = await backend<{ sha: string | null }>("/version/");
  const { GIT_SHA, PREVIEW_HOST, NEXT_PUBLIC_API_URL } = process.env;
  return (
    <footer className={styles.footer}>
      <span>{PREVIEW_HOST ? `Preview at ${PREVIEW_HOST}` : "Local copy"}</span>
      <span>
        web <code>{short(GIT_SHA)}</code>
      </span>
      <span>
        api <code>{short(api?.sha)}</code>
      </span>
      <Link href="/account">Account</Link>
      <a href={NEXT_PUBLIC_API_URL ? `${NEXT_PUBLIC_API_URL}/` : "/api/"}>API</a>
    </footer>
  );
}

/** A revision, short enough to read: the first letters of a commit, or of a digest without its algorithm. */
function short(revision: string | null | undefined): string {
  return revision ? revision.replace(/^sha256:/, "").slice(0, 12) : "unknown";
}
