import { Anchor, Code } from '@mantine/core';
import { Link } from 'react-router';
import { type JobFilter, type JobOrderField, type JobState, JobsDocument, type JobsQuery } from '../../graph/generated/graphql';
import type { ListDeclaration } from '../../list/declaration';
import { ListScreen } from '../../list/ListScreen';
import { Time } from '../../show/Time';
import { JobProgress } from './JobProgress';

type Row = NonNullable<JobsQuery['jobs']>['nodes'][number];

const states: readonly JobState[] = ['WAITING', 'RUNNING', 'PAUSED', 'SUCCEEDED', 'FAILED', 'CANCELLED'];

const jobs: ListDeclaration<JobsQuery, Row, JobFilter, JobOrderField> = {
  title: 'Jobs',
  teach: 'Imports, exports and other long work are jobs. There are none yet.',
  document: JobsDocument,
  connection: (data) => data.jobs,
  rowKey: ({ id }) => id,
  order: { field: 'CREATED_AT', descending: true },
  columns: [
    { id: 'kind', title: 'Kind', cell: ({ id, kind }) => <Anchor inherit component={Link} to={`/jobs/${id}`}><Code>{kind}</Code></Anchor> },
    { id: 'state', title: 'State', cell: ({ state }) => <Code>{state}</Code> },
    { id: 'progress', title: 'Progress', cell: ({ progress }) => <JobProgress percent={progress} /> },
    { id: 'createdBy', title: 'Created by', cell: ({ createdBy }) => createdBy },
    { id: 'createdAt', title: 'Created', order: 'CREATED_AT', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'finishedAt', title: 'Finished', cell: ({ finishedAt }) => <Time at={finishedAt} /> },
  ],
  filters: [{ id: 'state', title: 'State', kind: 'choice', choices: states, apply: (state) => ({ state: state as JobState }) }],
};

/** All jobs. */
export function JobList() {
  return <ListScreen list={jobs} />;
}
