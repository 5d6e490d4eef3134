/** How a shared page connects: by the secret in a header, by a ticket for sockets, and never by the cookie. */
import type { LiveClientOptions } from '../../core/index';
import { TicketSocket } from './ticketSocket';

export const sharedLive = (secret: string): LiveClientOptions => ({
  openSocket: (url) => new TicketSocket(url),
  fetch: (url, init) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${secret}`);
    return fetch(url, { ...init, headers, credentials: 'omit' });
  },
});
