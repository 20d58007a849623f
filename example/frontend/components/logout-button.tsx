"use client";

import { useRouter } from "next/navigation";
import { send } from "@/lib/api";
import { useSubmission } from "./use-submission";

export function LogoutButton() {
  const router = useRouter();
  const logout = useSubmission(async () => {
    await send("DELETE", "/session/");
    router.refresh();
  });
  return (
    <button className="quiet" type="button" disabled={logout.pending} onClick={() => logout.submit()}>
      Log out
    </button>
  );
}
