// Every number that bounds something, once, with its reason. Units are in the names. Not here: what an organisation can
// set for itself (policy), and what is a fact of a format (32 bytes of a SHA-256).

// Strict JSON (contract.md "Strict JSON in").
/** A body: big enough for a diff to review, small enough that parsing and hashing stay under a millisecond. */
export const MAX_BODY_BYTES = 64 * 1024;
/** Nesting: far beyond any real proposal, far below what overflows a stack. */
export const MAX_JSON_DEPTH = 32;
/** Values in one body, so that work per body is bounded whatever its shape. */
export const MAX_JSON_NODES = 10_000;

// What a proposal may hold. Text is counted in UTF-16 units, JSON in bytes of its canonical form.
/** action, resource, actor: they stand in one line of the review page. */
export const MAX_NAME_CHARS = 256;
/** params: what runs; a reviewer must be able to read it. */
export const MAX_PARAMS_BYTES = 32 * 1024;
/** metadata: what policy matches on, small facts. */
export const MAX_METADATA_BYTES = 8 * 1024;
/** context: the agent's words. */
export const MAX_CONTEXT_BYTES = 16 * 1024;
/** preview: a diff or a picture of what will happen. */
export const MAX_PREVIEW_BYTES = 32 * 1024;
/** A comment or a reason is a paragraph, not a document. */
export const MAX_COMMENT_CHARS = 2_000;
/** Comments of one request: each is kept with every later step, and a flood must not keep others from deciding. */
export const MAX_COMMENTS = 50;
/** Of one person: one session, stolen or not, leaves room for the others. */
export const MAX_COMMENTS_OF_ONE = 10;
/** Edits of one request: each voids the votes before it, and nobody reads the eleventh. */
export const MAX_EDITS = 10;
/** An edit with its diff, as canonical JSON: it is signed, and has to come back in one body. */
export const MAX_EDITED_BYTES = 40 * 1024;
/** A break-glass call, canonical: its intent's token carries it, and both must fit into one body. */
export const MAX_BREAK_GLASS_BYTES = 24 * 1024;
/** A ticket number or a link to one. */
export const MAX_EXTERNAL_REF_CHARS = 256;
/** Idempotency-Key, nonce, run id, tool call id: opaque keys of callers. */
export const MAX_KEY_CHARS = 255;
/** outcome.evidence: a few references, no archive. */
export const MAX_EVIDENCE_BYTES = 8 * 1024;
/** Changes of one proposer that wait for a signature: a person reads each, and a key must not fill the store. */
export const MAX_OPEN_CHANGES = 50;

/** Delegations of one person, and to one person, that have not ended: all of them are read with each decision. */
export const MAX_DELEGATIONS = 20;
/** Patterns in each bound of a delegation: they stand in one line of what its maker signs. */
export const MAX_LENT_PATTERNS = 20;

// Times.
/** Below this no person can read and decide. */
export const MIN_DEADLINE_SECONDS = 30;
/** A duration anywhere: longer is a mistake of units. */
export const MAX_DURATION_SECONDS = 366 * 24 * 3600;
/** From approval to the last exchange, unless policy says otherwise (product.md). */
export const DEFAULT_CAPABILITY_TTL_SECONDS = 600;
/** A reviewer may shorten a capability to this: below, an agent that is woken up is too late. */
export const MIN_CAPABILITY_TTL_SECONDS = 30;
/** A capability's token: short, because offline verifiers cannot hear of a revocation. */
export const MAX_TOKEN_TTL_SECONDS = 300;
/** After the last token's end: then nobody said what happened. */
export const OUTCOME_DEADLINE_SECONDS = 900;
/** A break-glass capability lives an hour at most (policy.md "Break-glass"). */
export const MAX_BREAK_GLASS_SECONDS = 3_600;
/** Reminders of one request: an eleventh is read as little as the tenth. */
export const MAX_REMINDERS = 10;
/** Policy may ask for more often; people are not. */
export const MIN_REMINDER_SECONDS = 60;
/** A claim ends by itself: whoever went away must not keep others from looking. */
export const CLAIM_SECONDS = 900;
/** An intent is signed while the page is open: trust.md says 120 s at most. */
export const INTENT_LIFETIME_SECONDS = 120;
/** A change waits a day for its signature (contract.md). */
export const CHANGE_LIFETIME_SECONDS = 24 * 3600;
/** A delegation covers an absence; who is away for longer hands the role over by a change. */
export const MAX_DELEGATION_SECONDS = 30 * 24 * 3600;
/** A delegation can be signed before the absence begins, not for some time next year. */
export const MAX_DELEGATION_AHEAD_SECONDS = 90 * 24 * 3600;
/** Set-up, invitation and recovery links on a deployed stack. */
export const ENROL_TOKEN_LIFETIME_SECONDS = 24 * 3600;
/** The organisation's facts at a decision or an exchange: older ones are asked for again. */
export const FACTS_MAX_AGE_MS = 2_000;
/** An isolate may judge creates by a policy snapshot this old; decisions never. */
export const SNAPSHOT_MAX_AGE_MS = 10_000;
/** What was rejected is refused for ten minutes when asked again (policy.md "Judging"). */
export const REJECTED_FINGERPRINT_SECONDS = 600;
/** A reservation without its request is looked into after this long. */
export const RESERVATION_CONFIRM_SECONDS = 60;
/** A secret can be re-derived by the same signed call for this long. */
export const SECRET_REPLAY_SECONDS = 600;
/** `?wait=`: below the idle limits of the proxies in between. */
export const MAX_WAIT_SECONDS = 60;
/** Clocks of verifiers and webhook receivers differ by this much at most. */
export const CLOCK_TOLERANCE_SECONDS = 300;

// Counts.
/** Rows in one page of a list. */
export const MAX_LIST_LIMIT = 100;
/** Rows when the caller names no number. */
export const DEFAULT_LIST_LIMIT = 50;
/** Pending requests of one actor, unless policy says otherwise: a flood must not hide one request. */
export const DEFAULT_PENDING_PER_ACTOR = 50;
/** How often `not_started` may give a capability back (product.md). A guard of the table: another number is a new version. */
export const MAX_RETURNS = 2;
/** How far the clock of the machine that offered an intent may be ahead of the one that decides on it. */
export const CLOCK_SKEW_MS = 5_000;

// Tokens of OpenID providers.
/** A signed token in a body: real ones have one to four KiB, group claims swell them. */
export const MAX_ID_TOKEN_CHARS = 16 * 1024;
/** A discovery document or a key set: the largest in use stay below 40 KiB. */
export const MAX_PROVIDER_ANSWER_BYTES = 128 * 1024;
/** A provider that needs longer cannot be asked while a person waits. */
export const PROVIDER_TIMEOUT_MS = 5_000;
/** Keys of a provider that rotates are announced long before: ten minutes lose nothing. */
export const PROVIDER_KEYS_MAX_AGE_MS = 600_000;
/** An unknown key id asks again at most so often: else anybody's garbage would make us call. */
export const PROVIDER_REFETCH_MS = 60_000;
/** A provider that failed is left alone for this long. */
export const PROVIDER_RETRY_MS = 2_000;
/** Clocks of providers differ from ours by this much at most, whatever an organisation says. */
export const MAX_TOKEN_LEEWAY_SECONDS = 120;
/** Leeway where an organisation says none. */
export const DEFAULT_TOKEN_LEEWAY_SECONDS = 30;
/** A workload comes back with a new token of its provider. */
export const MAX_WORKLOAD_TTL_SECONDS = 3_600;
/** Rules are read one by one at each exchange. */
export const MAX_WORKLOAD_RULES = 50;
/** Groups of one provider that mean something here. */
export const MAX_GROUP_MAPPINGS = 100;
/** One claim of a token, or one pattern for it. */
export const MAX_CLAIM_CHARS = 256;
/** Of a claim's value: anybody at a public provider has a token that rules are held against, whatever it says. */
export const MAX_CLAIM_VALUE_CHARS = 1_024;
