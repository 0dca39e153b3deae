// Which address shows which page; each page is loaded when it is first asked for.
import { lazy } from "react";
import { Route, Switch } from "wouter";
import { NotFound } from "./not-found.tsx";

const HomePage = lazy(async () => ({ default: (await import("./home/home-page.tsx")).HomePage }));
const JobsPage = lazy(async () => ({ default: (await import("./jobs/jobs-page.tsx")).JobsPage }));
const JobPage = lazy(async () => ({ default: (await import("./job/job-page.tsx")).JobPage }));
const AppsPage = lazy(async () => ({ default: (await import("./new-job/apps-page.tsx")).AppsPage }));
const NewJobPage = lazy(async () => ({ default: (await import("./new-job/new-job-page.tsx")).NewJobPage }));
const ClustersPage = lazy(async () => ({ default: (await import("./clusters/clusters-page.tsx")).ClustersPage }));
const AccountPage = lazy(async () => ({ default: (await import("./account/account-page.tsx")).AccountPage }));

export function Routes() {
  return (
    <Switch>
      <Route path="/">
        <HomePage />
      </Route>
      <Route path="/jobs">
        <JobsPage />
      </Route>
      <Route path="/jobs/:id">{({ id }) => <JobPage key={id} id={id} />}</Route>
      <Route path="/apps">
        <AppsPage />
      </Route>
      <Route path="/apps/:app/new">{({ app }) => <NewJobPage key={app} application={app} />}</Route>
      <Route path="/clusters">
        <ClustersPage />
      </Route>
      <Route path="/account">
        <AccountPage />
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}
