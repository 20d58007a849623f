import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { LoginForm } from "@/components/login-form";
import { currentSession } from "@/lib/backend";
import styles from "./page.module.css";

export const metadata: Metadata = { title: "Log in" };

export default async function Login() {
  if ((await currentSession())?.username) redirect("/");
  return (
    <section className={styles.card} aria-labelledby="login-title">
      <h1 id="login-title">Log in</h1>
      <p className={styles.lead}>Anyone may look and place orders. Shipping them takes an account.</p>
      <LoginForm />
      {process.env.PREVIEW_HOST && (
        <p className={styles.hint}>
          This is a preview: the name is <code>reviewer</code>, the password is this preview’s own.
        </p>
      )}
    </section>
  );
}
