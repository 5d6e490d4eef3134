/** The public surface of the framework-free core. */
export { createClient, createLiveClient, type LiveClient, type LiveClientOptions, type Subscription } from './client';
export {
  type ConnectionState,
  type ConnectionTone,
  type ConnectionWords,
  describeConnection,
  type Phase,
} from './connection-state';
export { decodeApiError, decodeMessages, decodeResult, ProtocolError } from './decode';
export { browserEnvironment, type Environment, systemClock } from './environment';
export {
  createFormats,
  type FormatOptions,
  type Formats,
  formatNumber,
  formatValue,
  isNumeric,
  MISSING,
  toNumber,
  unitOf,
} from './format';
export { type RowKey, rowKey } from './reducer';
export type { Readable } from './store';
export type { ChannelState, SubscriptionState, Target, View } from './subscription';
export type { Announcement } from './subscriptions';
export type { TransportKind } from './transports/transport';
export type { Socket } from './transports/websocket';
export * from './types';
export { boundsLabel, describeWindow, type WindowPreset, windowPresets } from './window';
