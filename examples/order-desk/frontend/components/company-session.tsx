"use client";

import { signIn, signOut } from "next-auth/react";
import { useState } from "react";
import { useHydrated } from "./use-hydrated";

const BACK = { callbackUrl: "/account" };

/** Logs in to, or out of, the half of the product that Next.js is. */
export function CompanySession({ loggedIn }: { readonly loggedIn: boolean }) {
  const hydrated = useHydrated();
  const [leaving, setLeaving] = useState(false);
  return (
    <button
      className={loggedIn ? undefined : "primary"}
      type="button"
      disabled={leaving || !hydrated}
      onClick={() => {
        setLeaving(true);
        void (loggedIn ? signOut(BACK) : signIn("oidc", BACK));
      }}
    >
      {loggedIn ? "Log out of the pages" : "Log in to the pages"}
    </button>
  );
}
