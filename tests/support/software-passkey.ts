// The tests' passkey is the one that `npm run demo --virtual` uses.
export * from '../../scripts/software-passkey.ts';
