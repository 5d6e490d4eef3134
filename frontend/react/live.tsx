/** The live connection of the page, given to everything below. */
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { type ConnectionState, createLiveClient, type LiveClient, type LiveClientOptions } from '../core/index';
import { useReadable } from './readable';

const LiveContext = createContext<LiveClient | null>(null);

interface LiveProviderProps {
  /** Where the API lies, such as `/api/v1`. */
  readonly base: string;
  /** How to connect, where it is not by the session cookie. Must not change from render to render. */
  readonly options?: LiveClientOptions;
  readonly children: ReactNode;
}

/** Connects on mount and closes on unmount. */
export function LiveProvider({ base, options, children }: LiveProviderProps) {
  const [client, setClient] = useState<LiveClient | null>(null);
  useEffect(() => {
    const created = createLiveClient({ ...options, base });
    created.start();
    setClient(created);
    return () => created.close();
  }, [base, options]);
  return client === null ? null : <LiveContext value={client}>{children}</LiveContext>;
}

export function useLiveClient(): LiveClient {
  const client = useContext(LiveContext);
  if (client === null) throw new Error('useLiveClient needs a LiveProvider above it.');
  return client;
}

/** How the page is connected right now. */
export function useConnection(): ConnectionState {
  return useReadable(useLiveClient().connection);
}
