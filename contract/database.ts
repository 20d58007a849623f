import { addressOf, standardParts } from "./parts";
import type { SecretText } from "./values/secret-text";

/** The annotation of the volume claim template with the `database.generation` it was created for. */
export const generationAnnotation = "preview-stack/generation";

/** The part of a live StatefulSet that tells the database's generation. */
export interface DatabaseStatefulSet {
  readonly spec: {
    readonly volumeClaimTemplates?: readonly {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
    }[];
  };
}

/** The `database.generation` of a live database. It is stored only in the claim template. */
export function generationOf({ spec }: DatabaseStatefulSet): number {
  return Number(spec.volumeClaimTemplates?.[0]?.metadata?.annotations?.[generationAnnotation] ?? 1);
}

/** The database as a URL, with its generated password. */
export const databaseUrl = ({ user, name }: { readonly user: string; readonly name: string }): SecretText => [
  `postgres://${encodeURIComponent(user)}:`,
  { generated: "databasePassword", inUrl: true },
  `@${addressOf(standardParts.db)}/${encodeURIComponent(name)}`,
];
