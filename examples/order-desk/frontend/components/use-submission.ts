"use client";

import { useState, useTransition } from "react";
import { Refused } from "@/lib/api";
import { useHydrated } from "./use-hydrated";

/** One change on its way to the API: whether it can be sent, is under way, and what came back if it was refused. */
export function useSubmission<Arguments extends unknown[]>(change: (...data: Arguments) => Promise<void>) {
  const hydrated = useHydrated();
  const [pending, start] = useTransition();
  const [refused, setRefused] = useState<Refused>();

  const submit = (...data: Arguments) =>
    start(async () => {
      try {
        await change(...data);
        setRefused(undefined);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        setRefused(error);
      }
    });

  return { ready: hydrated && !pending, pending, refused, submit };
}
