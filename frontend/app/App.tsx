import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Route, Switch } from 'wouter';
import { createQueryClient } from './api/queryClient';
import { GridPlaceholder } from './dashboard/GridPlaceholder';
import { DashboardsPage } from './dashboards/DashboardsPage';
import { SessionGate } from './session/SessionGate';
import { SignInPage } from './session/SignInPage';
import { NotFoundPage } from './shell/NotFoundPage';
import { PageBoundary } from './shell/PageBoundary';
import { Shell } from './shell/Shell';
import { colorSchemeManager, theme } from './theme/theme';

const DashboardPage = lazy(async () => ({ default: (await import('./dashboard/DashboardPage')).DashboardPage }));
const SharePage = lazy(async () => ({ default: (await import('./share/SharePage')).SharePage }));

function SignedIn() {
  return (
    <SessionGate>
      <Shell>
        <Suspense fallback={<GridPlaceholder />}>
          <Switch>
            <Route path="/" component={DashboardsPage} />
            <Route path="/dashboards" component={DashboardsPage} />
            <Route path="/dashboards/:id">{({ id }) => <DashboardPage key={id} id={id} />}</Route>
            <Route>
              <NotFoundPage />
            </Route>
          </Switch>
        </Suspense>
      </Shell>
    </SessionGate>
  );
}

/** Providers and addresses of the whole page. */
export function App() {
  const [queryClient] = useState(createQueryClient);
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemeManager}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <PageBoundary>
        <QueryClientProvider client={queryClient}>
          <Switch>
            <Route path="/sign-in" component={SignInPage} />
            <Route path="/share/:share">
              <Suspense fallback={<GridPlaceholder />}>
                <SharePage />
              </Suspense>
            </Route>
            <Route path="/embed/:key">
              <Suspense fallback={<GridPlaceholder />}>
                <SharePage embedded />
              </Suspense>
            </Route>
            <Route component={SignedIn} />
          </Switch>
        </QueryClientProvider>
      </PageBoundary>
    </MantineProvider>
  );
}
