// Who a member is at identity providers: linked and unlinked by a signed change. A subject is what the provider's tokens
// say in `sub`, to the letter; a mail address or a name means nothing.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { oidcIssuersQuery } from '../../api/queries.ts';
import type { Member, OidcIssuer } from '../../api/types.ts';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { Choices, Field } from '../../ui/field.tsx';
import { Go } from '../../ui/go.tsx';
import { Pick } from '../../ui/pick.tsx';
import { QueryView } from '../../ui/query-view.tsx';

type Identity = NonNullable<Member['identities']>[number];
const keyOf = ({ issuer, subject }: Identity): string => JSON.stringify([issuer, subject]);

/** The provider's name; its id while it is not known. */
export const providerName = (issuers: readonly OidcIssuer[], id: string): string =>
  issuers.find((one) => one.id === id)?.name ?? id;

export function IdentitiesDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const issuers = useQuery(oidcIssuersQuery);
  const linked = member.identities ?? [];
  const [kept, setKept] = useState(linked.map(keyOf));
  const [link, setLink] = useState({ issuer: '', subject: '' });
  const people = (issuers.data?.data ?? []).filter(({ purpose }) => purpose === 'people');
  const added = { issuer: link.issuer || (people[0]?.id ?? ''), subject: link.subject.trim() };
  const identities = [
    ...linked.filter((one) => kept.includes(keyOf(one))),
    ...(added.subject === '' ? [] : [{ issuer: added.issuer, subject: added.subject }]),
  ];
  const changed = identities.length !== linked.length || added.subject !== '';
  return (
    <ChangeDialog
      title={`Identities of ${member.name || member.email}`}
      proposal={changed ? { kind: 'member', target: member.id, value: { identities } } : null}
      onClose={onClose}
    >
      <QueryView query={issuers} what="the identity providers">
        {({ data }) => (
          <>
            {linked.length === 0 ? null : (
              <Choices
                legend="Linked (take the mark away to unlink)"
                options={linked.map((one) => ({
                  value: keyOf(one),
                  label: `${one.subject} at ${providerName(data, one.issuer)}`,
                }))}
                chosen={kept}
                onChange={setKept}
              />
            )}
            {people.length === 0 ? (
              <p className="text-ink-2">
                No identity provider of people is trusted yet. Add one under{' '}
                <Go to="/machines" className="underline">
                  Machines
                </Go>
                , then link who somebody is there.
              </p>
            ) : (
              <Linking people={people} link={{ ...link, issuer: added.issuer }} onChange={setLink} />
            )}
          </>
        )}
      </QueryView>
    </ChangeDialog>
  );
}

interface LinkingProps {
  people: OidcIssuer[];
  link: Identity;
  onChange: (link: Identity) => void;
}

const Linking = ({ people, link, onChange }: LinkingProps) => (
  <>
    <Pick
      label="Link at"
      value={link.issuer}
      options={people.map(({ id, name, issuer }) => ({ value: id, label: `${name} (${issuer})` }))}
      onChange={(issuer) => onChange({ ...link, issuer })}
    />
    <Field
      label="Subject"
      maxLength={255}
      spellCheck={false}
      pointer="/value/identities"
      hint="The sub of their tokens, to the letter. Not a mail address. It counts for requests made after the link."
      value={link.subject}
      onChange={(e) => onChange({ ...link, subject: e.target.value })}
    />
  </>
);
