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
