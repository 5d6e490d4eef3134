/** Results as they travel: columns, rows and where they stand. See protocol/README.md, "Results". */

export type Value = null | boolean | number | string;
export type Row = readonly Value[];

export type FieldType = 'timestamp' | 'string' | 'integer' | 'float' | 'boolean' | 'decimal' | 'json';

/** `time` is the bucket of a grain, `previous` the compared value of measure `of`, `value` a column of SQL. */
export type ColumnRole = 'time' | 'dimension' | 'measure' | 'previous' | 'value';

/** Which direction of a measure is good news. */
export type Better = 'higher' | 'lower';

export interface Column {
  readonly name: string;
  readonly type: FieldType;
  readonly role?: ColumnRole;
  readonly of?: string | null;
  readonly label?: string | null;
  readonly unit?: string | null;
  readonly format?: string | null;
  readonly decimals?: number | null;
  readonly goal?: number | null;
  readonly better?: Better | null;
}

export interface Order {
  readonly column: string;
  readonly descending?: boolean;
}

/** `live`: maintained incrementally; `requery`: run again when data arrives; `fresh`: asked once. */
export type Mode = 'live' | 'requery' | 'cached' | 'stale' | 'fresh';

/** `[from, to)` in milliseconds since the epoch, null where open. */
export type Bounds = readonly [number | null, number | null];

/** (epoch, offset): the journal's identity and the place in it. */
export type Position = readonly [string, number];

/** A whole result at (epoch, offset). Members that hold their default may be missing on the wire; here they are filled. */
export interface Result {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly epoch: string;
  readonly offset: number;
  /** Milliseconds since the epoch at which the numbers were true. */
  readonly asOf: number;
  readonly key: readonly string[];
  readonly order: readonly Order[];
  readonly limit: number | null;
  readonly mode: Mode;
  /** Names of the measures that are estimates. */
  readonly approximate: readonly string[];
  readonly window: Bounds | null;
  readonly grain: string | null;
  readonly timezone: string | null;
  /** A row cap cut the result. */
  readonly truncated: boolean;
}

/** A failure as every transport and HTTP body carries it. */
export interface ApiError {
  readonly code: string;
  readonly message: string;
  readonly detail?: Readonly<Record<string, unknown>> | null;
  readonly request_id?: string;
  readonly retry?: boolean;
}

/** The body of every failed HTTP request. */
export interface ApiErrorBody {
  readonly error: ApiError;
}
