"use client";

import { useState, useTransition } from "react";
import { Refused } from "@/lib/api";

/** One change on its way to the API: whether it is under way, and what came back if it was refused. */
export function useSubmission<Arguments extends unknown[]>(change: (...data: Arguments) => Promise<void>) {
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

  return { pending, refused, submit };
}
