/** Every type of the contract with the server, in one place to import from. */
export * from './documents';
export type * from './messages';
export type * from './values';
