// Reviewing a use: what was done and why, then a verdict in words, signed. It ends the debt; it undoes nothing.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReviewVerdict } from '../../../../core/break-glass.ts';
import { requestQuery } from '../../api/queries.ts';
import type { BreakGlassUse } from '../../api/types.ts';
import { reviewUse } from '../../passkey/break-glass.ts';
import { useSession } from '../../session-gate.tsx';
import { StatusBadge } from '../../ui/badges.tsx';
import { Failure } from '../../ui/face.tsx';
import { TextArea } from '../../ui/field.tsx';
import { Modal } from '../../ui/modal.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { SentenceText } from '../../ui/sentence-text.tsx';

const VERDICTS: readonly [ReviewVerdict, string][] = [
  ['justified', 'It was justified'],
  ['not_justified', 'It was not justified'],
];

export function ReviewDialog({ use, onClose }: { use: BreakGlassUse; onClose: () => void }) {
  const session = useSession();
  const client = useQueryClient();
  const query = useQuery(requestQuery(use.request));
  const [verdict, setVerdict] = useState<ReviewVerdict | null>(null);
  const [comment, setComment] = useState('');
  const mutation = useMutation({
    mutationFn: (said: { verdict: ReviewVerdict; comment: string }) =>
      reviewUse(use.request, said, session, () => undefined),
    onSuccess: async () => {
      await client.invalidateQueries();
      onClose();
    },
  });
  const said = verdict !== null && comment.trim() !== '' ? { verdict, comment: comment.trim() } : null;
  return (
    <Modal title="Review this use" onClose={onClose}>
      <QueryView query={query} what="the use">
        {(request) => (
          <div className="grid gap-1">
            <p className="font-semibold wrap-anywhere">
              <SentenceText request={request} />
            </p>
            <p>
              <StatusBadge status={request.status} /> <code className="text-s">{request.action}</code>
            </p>
            <p className="text-ink-2">
              {request.break_glass?.user.name}: <Revealed text={request.break_glass?.reason ?? 'erased'} lines />
            </p>
            {request.break_glass?.external_ref ? <p className="meta">{request.break_glass.external_ref}</p> : null}
          </div>
        )}
      </QueryView>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (said) mutation.mutate(said);
        }}
      >
        <fieldset className="grid gap-1">
          <legend className="text-s font-semibold">Verdict</legend>
          {VERDICTS.map(([value, label]) => (
            <label key={value} className="flex min-h-9 items-center gap-2">
              <input type="radio" name="verdict" checked={verdict === value} onChange={() => setVerdict(value)} />
              {label}
            </label>
          ))}
        </fieldset>
        <TextArea
          label="Comment (required)"
          rows={3}
          maxLength={2000}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
        {mutation.isError ? <Failure error={mutation.error} /> : null}
        <div>
          <button type="submit" className="btn" disabled={said === null || mutation.isPending}>
            Sign the review with passkey
          </button>
        </div>
      </form>
    </Modal>
  );
}
