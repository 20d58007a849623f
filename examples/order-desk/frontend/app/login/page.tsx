import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { LoginForm } from "@/components/login-form";
import { currentSession } from "@/lib/backend";
import { hasCompanyLogin } from "@/lib/next-auth";
import styles from "./page.module.css";

export const metadata: Metadata = { title: "Log in" };

export default async function Login() {
  if ((await currentSession())?.username) redirect("/");
  return (
    <section className={styles.card} aria-labelledby="login-title">
      <h1 id="login-title">Log in</h1>
      <p className={styles.lead}>Anyone may look and place orders. Shipping them takes an account.</p>
      <LoginForm />
      {hasCompanyLogin() && (
        <>
          <p className={styles.or}>or</p>
          {/* Not a Link: Next would ask for it in advance, and each request begins a login. */}
          <a className={`button ${styles.company}`} href="/api/auth/login/oidc/?next=/">
            Log in with the company account
          </a>
        </>
      )}
      {process.env.PREVIEW_HOST && (
        <p className={styles.hint}>
          This is a preview: the name is <code>reviewer</code>, the password is this preview’s own.
        </p>
      )}
    </section>
  );
}
