import Link from "next/link";
import { currentSession } from "@/lib/backend";
import { LogoutButton } from "./logout-button";
import { Mark } from "./mark";
import styles from "./site-header.module.css";

export async function SiteHeader() {
  const session = await currentSession();
  return (
    <header className={styles.header}>
      <div className={styles.inner}>
        <Link className={styles.brand} href="/">
          <Mark />
          Order desk
        </Link>
        <nav className={styles.nav} aria-label="Account">
          {session?.username && (
            <>
              {session.is_staff && <a href="/api/admin/">Admin</a>}
              <Link className={styles.name} href="/account">
                <span className="visually-hidden">Logged in as </span>
                {session.username}
              </Link>
              <LogoutButton className="quiet" label="Log out" />
            </>
          )}
          {session && !session.username && <Link href="/login">Log in</Link>}
        </nav>
      </div>
    </header>
  );
}
