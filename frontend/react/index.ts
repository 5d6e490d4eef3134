/** Nowboard in React: hooks over core, no looks of their own. */
export { LiveProvider, useConnection, useLiveClient } from './live';
export { combine, useReadable, useReadables } from './readable';
export {
  useChannel,
  useDashboard,
  useLiveQuery,
  useSubscriptionState,
  useWidgetChannels,
} from './subscriptions';
