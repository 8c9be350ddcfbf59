// One query, all of its faces: loading, failed (with old content kept below a notice), content.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiProblem } from '../api/client.ts';
import { Failure, Loading } from './face.tsx';

interface Props<T> {
  query: UseQueryResult<T>;
  what: string;
  children: (data: T) => ReactNode;
}

const isUnsealed = (reason: unknown): boolean => reason instanceof ApiProblem && reason.code === 'not-sealed-yet';

export function QueryView<T>({ query, what, children }: Props<T>) {
  if (query.data === undefined) {
    if (isUnsealed(query.failureReason)) return <Failure error={query.failureReason} />;
    if (query.isPending && query.fetchStatus !== 'paused') return <Loading what={what} />;
    return <Failure error={query.error ?? new Error('This device is offline.')} retry={() => void query.refetch()} />;
  }
  return (
    <>
      {query.isError ? (
        <p role="status" className="rounded-lg bg-warn-soft p-3 text-s text-warn">
          Not up to date: {query.error.message}
        </p>
      ) : null}
      {children(query.data)}
    </>
  );
}
