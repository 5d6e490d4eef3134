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
const AccountPage = lazy(async () => ({ default: (await import('./account/AccountPage')).AccountPage }));
const TrashPage = lazy(async () => ({ default: (await import('./dashboards/TrashPage')).TrashPage }));
const SavedQueriesPage = lazy(async () => ({ default: (await import('./queries/SavedQueriesPage')).SavedQueriesPage }));
const UsersPage = lazy(async () => ({ default: (await import('./admin/users/UsersPage')).UsersPage }));
const RolesPage = lazy(async () => ({ default: (await import('./admin/roles/RolesPage')).RolesPage }));
const OrganisationsPage = lazy(async () => ({
  default: (await import('./admin/organisations/OrganisationsPage')).OrganisationsPage,
}));
const AuditPage = lazy(async () => ({ default: (await import('./admin/audit/AuditPage')).AuditPage }));
const ResetPage = lazy(async () => ({ default: (await import('./session/ResetPage')).ResetPage }));
const SetupPage = lazy(async () => ({ default: (await import('./session/SetupPage')).SetupPage }));
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
            <Route path="/trash" component={TrashPage} />
            <Route path="/queries" component={SavedQueriesPage} />
            <Route path="/account" component={AccountPage} />
            <Route path="/admin/users" component={UsersPage} />
            <Route path="/admin/roles" component={RolesPage} />
            <Route path="/admin/organisations" component={OrganisationsPage} />
            <Route path="/admin/audit" component={AuditPage} />
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
            <Route path="/reset">
              <Suspense fallback={null}>
                <ResetPage />
              </Suspense>
            </Route>
            <Route path="/set-up">
              <Suspense fallback={null}>
                <SetupPage />
              </Suspense>
            </Route>
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
