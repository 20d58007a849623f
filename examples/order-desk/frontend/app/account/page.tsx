import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { CompanySession } from "@/components/company-session";
import { LogoutButton } from "@/components/logout-button";
import { currentSession } from "@/lib/backend";
import { hasCompanyLogin } from "@/lib/next-auth";
import { webSession } from "@/lib/web-session";
import styles from "./page.module.css";

export const metadata: Metadata = { title: "Account" };

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Who is logged in to each half of the product. Each has its own session and cookies. */
export default async function Account({ searchParams }: Props) {
  const [{ error }, orders, pages] = await Promise.all([searchParams, currentSession(), webSession()]);
  return (
    <div className={styles.account}>
      <header className={styles.head}>
        <h1>Account</h1>
        <p className={styles.lead}>Orders and pages each keep a session of their own.</p>
      </header>
      {error && (
        <p className={styles.error} role="alert">
          The login with the company account didn’t work. Please try again.
        </p>
      )}
      <div className={styles.halves}>
        <Half id="orders" title="Orders" by="Django" name={orders?.username}>
          {!orders && <p className={styles.hint}>The API doesn’t answer right now.</p>}
          {orders?.username && <LogoutButton className="button" label="Log out of the orders" />}
          {orders && !orders.username && (
            <>
              {/* Not a Link: Next would ask for it in advance, and each request begins a login. */}
              {hasCompanyLogin() && (
                <a className="button primary" href="/api/auth/login/oidc/?next=/account">
                  Log in with the company account
                </a>
              )}
              <Link className="button" href="/login">
                Log in with a password
              </Link>
            </>
          )}
        </Half>
        <Half id="pages" title="Pages" by="next-auth" name={pages?.user?.name} email={pages?.user?.email}>
          {hasCompanyLogin() ? (
            <CompanySession loggedIn={pages !== null} />
          ) : (
            <p className={styles.hint}>The company account isn’t set up here.</p>
          )}
        </Half>
      </div>
    </div>
  );
}

interface HalfProps {
  readonly id: string;
  readonly title: string;
  readonly by: string;
  readonly name: string | null | undefined;
  readonly email?: string | null;
  readonly children: ReactNode;
}

function Half({ id, title, by, name, email, children }: HalfProps) {
  return (
    <section className={styles.half} aria-labelledby={`${id}-title`}>
      <div className={styles.head}>
        <h2 id={`${id}-title`}>{title}</h2>
        <p className={styles.by}>session by {by}</p>
      </div>
      <p>
        {name ? (
          <>
            Logged in as <strong>{name}</strong>
          </>
        ) : (
          "Not logged in"
        )}
        {email && email !== name && <span className={styles.email}>{email}</span>}
      </p>
      <div className={styles.actions}>{children}</div>
    </section>
  );
}
