"use client";

import type { FormEvent } from "react";
import { send } from "@/lib/api";
import { Field } from "./field";
import { Refusal } from "./refusal";
import { useSubmission } from "./use-submission";

export function LoginForm() {
  const login = useSubmission(async (form: HTMLFormElement) => {
    await send("POST", "/session/", Object.fromEntries(new FormData(form)));
    // Not the router: every part of the page may look different to someone who is logged in.
    window.location.assign("/");
  });
  const errors = login.refused?.fields ?? {};
  return (
    <form
      noValidate
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        login.submit(event.currentTarget);
      }}
    >
      <Refusal refused={login.refused} />
      <Field label="Name" name="username" error={errors.username}>
        {(attributes) => <input {...attributes} required autoComplete="username" autoCapitalize="none" autoFocus />}
      </Field>
      <Field label="Password" name="password" error={errors.password}>
        {(attributes) => <input {...attributes} required type="password" autoComplete="current-password" />}
      </Field>
      <button className="primary" type="submit" disabled={!login.ready}>
        Log in
      </button>
    </form>
  );
}
