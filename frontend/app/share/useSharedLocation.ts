/** The address of a shared page. Choices go into the query string; the fragment holds the secret and has to stay. */
import type { BaseLocationHook } from 'wouter';
import { useBrowserLocation } from 'wouter/use-browser-location';

export const useSharedLocation: BaseLocationHook = () => {
  const [path, navigate] = useBrowserLocation();
  return [path, (to: string, options?: { replace?: boolean }) => navigate(to + window.location.hash, options)];
};
