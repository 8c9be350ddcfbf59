// What a change does, before it is signed: its diff in words, the target after it, warnings, digests.
import type { Change } from '../../api/types.ts';
import { ownDifference } from '../../passkey/change.ts';
import { Diff } from '../diff.tsx';
import { Face } from '../face.tsx';
import { Revealed } from '../revealed.tsx';
import { ScrollBlock } from '../scroll-block.tsx';
import { PolicyWords, sourceIn } from './policy-words.tsx';

export function ChangeView({ change }: { change: Change }) {
  const { diff, fits } = ownDifference(change);
  return (
    <div className="grid gap-3">
      {fits ? null : (
        <Face title="Do not sign this: its content does not fit its digests" alarm>
          <p className="text-ink-2">The server names other digests than this page computed. Tell your administrator.</p>
        </Face>
      )}
      {change.kind === 'policy' ? (
        <PolicyWords before={sourceIn(change.before)} after={sourceIn(change.after)} />
      ) : null}
      <Diff text={diff} label="What changes" />
      {change.warnings?.map((warning) => (
        <p key={warning.detail} className="rounded-lg bg-warn-soft p-3 text-warn">
          <Revealed text={warning.detail} /> {whereOf(warning)}
        </p>
      ))}
      <details>
        <summary className="cursor-pointer text-ink-2">Exactly what it will be</summary>
        <ScrollBlock
          label="The target after the change"
          className="mt-2 max-h-[50vh] rounded-lg bg-well p-3 whitespace-pre-wrap"
        >
          <Revealed text={JSON.stringify(change.after, null, 2)} lines />
        </ScrollBlock>
        <p className="meta mt-2 wrap-anywhere">
          before {change.before_digest}
          <br />
          after {change.after_digest}
        </p>
      </details>
    </div>
  );
}

/** Of a policy the place in its text, else the place in the value. */
const whereOf = ({ pointer, line, column }: Change['warnings'][number]) => {
  if (line !== undefined) return <span className="meta">{`line ${line}, column ${column}`}</span>;
  return pointer ? <code>{pointer}</code> : null;
};
