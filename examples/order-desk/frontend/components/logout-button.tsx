"use client";

import { useRouter } from "next/navigation";
import { send } from "@/lib/api";
import { useSubmission } from "./use-submission";

interface Props {
  readonly label: string;
  readonly className: string;
}

/** Logs out of Django. */
export function LogoutButton({ label, className }: Props) {
  const router = useRouter();
  const logout = useSubmission(async () => {
    await send("DELETE", "/session/");
    router.refresh();
  });
  return (
    <button className={className} type="button" disabled={!logout.ready} onClick={() => logout.submit()}>
      {label}
    </button>
  );
}
