import { Code, Stack } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { useEffect } from 'react';
import { useParams } from 'react-router';
import { ActionButton } from '../../app/ActionButton';
import { Loaded } from '../../app/Loaded';
import { Page } from '../../app/Page';
import { CancelJobDocument, JobDocument, type JobProfileFragment, PauseJobDocument, ResumeJobDocument } from '../../graph/generated/graphql';
import { useAllowed } from '../../session/session';
import { Facts } from '../../show/Facts';
import { SmallTable } from '../../show/SmallTable';
import { Time } from '../../show/Time';
import { useText } from '../../texts/translate';
import { JobProgress } from './JobProgress';

/** One job, with its progress. */
export function JobScreen() {
  const id = useParams()['id'] ?? '';
  return (
    <Loaded title="Jobs" document={JobDocument} variables={{ id }} thing={({ job }) => job}>
      {(job, reread) => <JobPage job={job} reread={reread} />}
    </Loaded>
  );
}

const betweenReads = 2000;

function JobPage({ job, reread }: { job: JobProfileFragment; reread: () => void }) {
  const moves = job.state === 'WAITING' || job.state === 'RUNNING';
  const { start, stop } = useInterval(reread, betweenReads);
  useEffect(() => {
    if (moves) start();
    return stop;
  }, [moves, start, stop]);

  return (
    <Page title="Jobs" subject={job.kind} actions={<JobActions job={job} />}>
      <Stack gap="xl">
        <Facts
          facts={[
            ['State', <Code>{job.state}</Code>],
            ['Progress', <JobProgress percent={job.progress} />],
            ['Processed', job.counts.processed],
            ['Created', job.counts.created],
            ['Updated', job.counts.updated],
            ['Unchanged', job.counts.unchanged],
            ['Failures', job.counts.failed],
            ['Created by', job.createdBy],
            ['When', <Time at={job.createdAt} />],
            ['Finished', <Time at={job.finishedAt} />],
            ['Reason', job.error],
          ]}
        />
        <SmallTable
          title="Failures"
          rows={job.failures ?? []}
          rowKey={({ number }) => String(number)}
          columns={[
            ['Line', ({ line }) => line],
            ['Field', ({ field }) => field ?? '–'],
            ['Reason', ({ message }) => <span lang="en">{message}</span>],
          ]}
        />
      </Stack>
    </Page>
  );
}

function JobActions({ job: { id, state } }: { job: JobProfileFragment }) {
  const t = useText();
  const allowed = useAllowed();
  const isOver = state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED';
  if (isOver || !allowed('admin:jobs:write')) return null;
  const common = { input: { id }, done: () => t('Saved') };
  return (
    <>
      {state === 'PAUSED' ? (
        <ActionButton {...common} name="resume" title="Resume" warning={t('The job goes on where it was.')} document={ResumeJobDocument} />
      ) : (
        <ActionButton {...common} name="pause" title="Pause" warning={t('The job waits until it is resumed.')} document={PauseJobDocument} />
      )}
      <ActionButton {...common} name="stop" title="Stop" warning={t('What is done stays done; the rest is not.')} document={CancelJobDocument} />
    </>
  );
}
