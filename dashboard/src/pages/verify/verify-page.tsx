// An evidence file, verified by whoever holds it: without a session, in this browser alone. The pinned log key and what
// else the reader knows are what it is held against.
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Face } from '../../ui/face.tsx';
import { Field, TextArea } from '../../ui/field.tsx';
import { useTitle } from '../../ui/page.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { checkFile, witnessesIn } from './check.ts';
import { FileDrop } from './file-drop.tsx';
import { pinKeys, pinnedKeys } from './known.ts';
import { Report } from './report.tsx';

const FIELDS = [
  ['organization', 'Organisation', 'Its id, org_…'],
  ['origin', 'Origin', 'Where its people sign: https://…'],
  ['rp_id', 'Relying party', 'Of its passkeys: a host name.'],
  ['receipt_key', 'Receipt key', 'Base64, of the operator.'],
] as const;
type Known = Partial<Record<(typeof FIELDS)[number][0], string>>;

export function VerifyPage() {
  useTitle('Verify evidence');
  const [keys, setKeys] = useState(() => pinnedKeys().join('\n'));
  const [known, setKnown] = useState<Known>({});
  const [witnesses, setWitnesses] = useState('');
  const checking = useMutation({
    networkMode: 'always',
    mutationFn: async (file: File) => {
      pinKeys(keys);
      return checkFile(file, { ...known, witnesses: witnessesIn(witnesses) });
    },
    onSuccess: () => setKeys(pinnedKeys().join('\n')),
  });
  const again = (event: FormEvent) => {
    event.preventDefault();
    if (checking.variables) checking.mutate(checking.variables);
  };
  return (
    <main className="mx-auto grid max-w-3xl min-w-0 gap-4 p-4 sm:p-6">
      <p className="meta">
        <Link to="/" className="text-accent">
          Assentry
        </Link>
      </p>
      <h1>Verify evidence</h1>
      <p className="text-ink-2">
        What a request’s evidence file, or an export of an organisation, proves, and what in it is only somebody’s word.
        The check runs in this browser, needs no account, and asks no server.
      </p>
      <FileDrop label="Evidence file or export" onFile={checking.mutate} />
      {checking.isPending ? <p role="status">Checking…</p> : null}
      {checking.isError ? (
        <Face title="This file could not be checked" alarm>
          <p>
            <Revealed text={checking.error.message} />
          </p>
        </Face>
      ) : null}
      {checking.data && !checking.isPending ? (
        <>
          <p className="meta wrap-anywhere">
            Checked: <Revealed text={checking.variables.name} />
          </p>
          <Report checked={checking.data} />
        </>
      ) : null}
      <form className="card grid gap-3 p-4" onSubmit={again}>
        <h2>What you already know</h2>
        <p className="text-s text-ink-2">
          From elsewhere, not from the file. What you leave empty is taken from the file, and the report says so.
        </p>
        <TextArea
          label="Log key"
          className="font-mono text-s"
          rows={3}
          spellCheck={false}
          hint="Pinned in this browser. One to a line; add a line after the log has changed its key, and compare it first."
          value={keys}
          onChange={(event) => setKeys(event.target.value)}
        />
        <TextArea
          label="Witness keys"
          className="font-mono text-s"
          rows={2}
          spellCheck={false}
          hint="Of witnesses that you trust, name+hash+key, one to a line. Without one, times are the operator’s word."
          value={witnesses}
          onChange={(event) => setWitnesses(event.target.value)}
        />
        <div className="grid gap-3 sm:grid-cols-2">
          {FIELDS.map(([name, label, hint]) => (
            <Field
              key={name}
              label={label}
              hint={hint}
              spellCheck={false}
              value={known[name] ?? ''}
              onChange={(event) => setKnown({ ...known, [name]: event.target.value.trim() || undefined })}
            />
          ))}
        </div>
        <div>
          <button type="submit" className="btn" disabled={!checking.variables || checking.isPending}>
            Check again
          </button>
        </div>
      </form>
    </main>
  );
}
