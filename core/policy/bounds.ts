// What bounds a policy and a condition, once, with its reason. A deployed Worker cannot measure its own time, so the
// work is bounded by size, before and while it is done (policy.md "CEL comes from a library").

/** A policy is a body of one request. */
export const MAX_POLICY_CHARS = 64 * 1024;
/** Nesting of the document: the language itself needs five, a parameter schema two for each level of its params. */
export const MAX_POLICY_DEPTH = 20;
/** Rules, trusted patterns, routes, repositories, tools, each: every request walks all denies. */
export const MAX_POLICY_ENTRIES = 200;
/** Alternatives in one list of a match. */
export const MAX_ALTERNATIVES = 50;
/** Stages of one rule, and people in one stage: beyond that nothing is ever approved. */
export const MAX_STAGES = 10;
export const MAX_STAGE_COUNT = 20;
/** A message stands in a notification. */
export const MAX_MESSAGE_CHARS = 500;
/** Who waits for a person waits a month at most. */
export const MAX_TIMEOUT_SECONDS = 31 * 24 * 3600;
/** Days off of one calendar: two years of them. */
export const MAX_HOLIDAYS = 100;
/** Calendars of one policy: an office, or one per region. */
export const MAX_CALENDARS = 20;
/** A capability is for one action, soon. */
export const MAX_CAPABILITY_TTL_SECONDS = 24 * 3600;
export const MAX_BUDGET_COUNT = 100_000;
export const MAX_PENDING_PER_ACTOR = 1_000;

/** A parameter schema travels with every request that it judged. */
export const MAX_SCHEMA_BYTES = 8 * 1024;
/** Values in one `enum`: each is compared. */
export const MAX_ENUM = 100;
/** States of a schema's pattern: a form such as a phone number has dozens. */
export const MAX_SCHEMA_PATTERN_STATES = 200;
/** Steps (0.2 µs, 0.3 at worst) that the patterns of one validation may take: under 20 ms. */
export const MAX_SCHEMA_STEPS = 50_000;
/** Places in one refusal: enough to mend a call by. */
export const MAX_PARAMETER_FAULTS = 20;

/** policy.md: ≤ 1,024 characters, ≤ 500 nodes, comprehension depth 1, lists ≤ 1,000 items. */
export const MAX_CONDITION_CHARS = 1_024;
export const MAX_CONDITION_NODES = 500;
export const MAX_COMPREHENSION_DEPTH = 1;
export const MAX_CONDITION_LIST = 1_000;
/** Steps of one evaluation, a step being about what one comparison costs (0.2 µs): keeps the worst case under 20 ms. */
export const MAX_CONDITION_STEPS = 40_000;
/** States of a pattern's automaton: compiling and every character of the text cost that much at worst. */
export const MAX_PATTERN_STATES = 1_000;
/** Compiled conditions that an isolate keeps. */
export const MAX_CACHED_CONDITIONS = 1_000;
/** A value in a trace is for reading; the request holds the whole. */
export const MAX_TRACE_VALUE_CHARS = 500;
