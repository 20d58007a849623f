export type Status = "new" | "packed" | "shipped";

export interface Customer {
  readonly id: number;
  readonly name: string;
  readonly city: string;
}

export interface Order {
  readonly id: number;
  readonly customer_name: string;
  readonly customer_city: string;
  readonly item: string;
  readonly quantity: number;
  readonly note: string;
  readonly status: Status;
  /** ISO 8601, as are all times of the API. */
  readonly created_at: string;
  readonly shipped_at: string | null;
  readonly shipped_by: string | null;
}

export interface Page<Row> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Row[];
}

export interface Session {
  /** Null for anyone who isn't logged in. */
  readonly username: string | null;
  readonly is_staff: boolean;
  readonly csrf_token: string;
}
