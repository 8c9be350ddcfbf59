// Names and addresses as people have them: joiners that a script needs, letters that were typed decomposed, top-level
// domains in Punycode. What hides something is refused still.
import { expect, it } from 'vitest';
import { checkValue, normalValue } from '../../core/change/value.ts';

const invited = (name: string, email = 'a@example.com') =>
  checkValue('invitation', normalValue({ name, email, roles: ['auditor'] }), true);

it.each(['Zoë Müller', 'Zoe\u0308 Mu\u0308ller', 'مهدی‌زاده', 'ක්‍රිෂාන්', 'Nguyễn Văn A', 'José  García'])(
  'takes the name %s',
  (name) => expect(invited(name)).toEqual({ ok: true, value: undefined }),
);

it('keeps a name in normal form C', () => {
  expect(normalValue({ name: 'Zoe\u0308', email: 'e\u0301@example.com', roles: ['x'] })).toEqual({
    name: 'Zo\u00eb',
    email: '\u00e9@example.com',
    roles: ['x'],
  });
});

it.each(['a\u202eb', 'a\u200bb', 'pay\u200dpal', 'a\u0007', 'a\u00adb', '\ufeffa', 'a\u2066b', 'a\u{e0041}b', '   '])(
  'refuses the name %j',
  (name) => expect(invited(name).ok).toBe(false),
);

it.each(['a@beispiel.xn--vermgensberatung-pwb', 'a@xn--bcher-kva.example', 'a@b.xn--p1ai', 'a@b.museum'])(
  'takes the address %s',
  (email) => expect(invited('A', email).ok).toBe(true),
);

it.each(['a@b', 'a@b.c', 'A@example.com', 'a@b.xn--', 'a b@example.com', 'a@b.1', 'a@b.xn'])(
  'answers for %s',
  (email) => {
    expect(invited('A', email).ok).toBe(email === 'a@b.xn');
  },
);
