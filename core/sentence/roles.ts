// What a parameter's name says that it is: a recipient, a title, an amount, a day. Names are how tools are written, in
// every spelling (`toEmail`, `to_email`, `ToEmail`); a name that says nothing here is still told by whatever names nothing.

export const ROLES = [
  'to',
  'cc',
  'bcc',
  'from',
  'title',
  'amount',
  'id',
  'start',
  'end',
  'when',
  'as',
  'into',
  'command',
  'text',
] as const;
export type Role = (typeof ROLES)[number];

/** `toEmail`, `to-email` → `to_email`. */
export const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

const PEOPLE =
  'recipients?|attendees?|participants?|invitees?|guests?|members?|reviewers?|assignees?|collaborators?|payees?|beneficiar(y|ies)|customers?|contacts?|users?|usernames?|emails?|mails?|phones?|phone_numbers?|subscribers?|audiences?|teams?|groups?|channels?|rooms?|principals?|grantees?|owners?|ibans?';

/** First match names the role; names are in words with `_` between. */
const PATTERNS: readonly (readonly [Role, RegExp])[] = [
  ['cc', /^(cc|copy|cc_(recipients?|emails?|address(es)?))$/],
  ['bcc', /^(bcc|blind_copy|bcc_(recipients?|emails?|address(es)?))$/],
  ['from', /^(from|sender|source|src)(_(account|address|email|iban|path|folder))?$/],
  [
    'into',
    /^(destination|dest|target|dst|to|new|into)_?(folder|path|dir|directory|drive|bucket|branch|project|list|board|name|filename|title|parent|location)(_id)?$/,
  ],
  ['into', /^(folder|directory|destination|dest|dst|bucket|drive|project|board|parent)(_(id|path|name))?$/],
  ['start', /^(new_)?(start|starts|begin|from|check_?in|pick_?up)_?(time|date|day|at|datetime)?$/],
  ['end', /^(new_)?(end|ends|until|till|check_?out|drop_?off|return)_?(time|date|day|at|datetime)?$/],
  [
    'when',
    /^(new_)?(date|day|time|when|at|due|datetime|scheduled|send|publish|due|run|valid)?_?(date|time|day|datetime|at|for|on)$/,
  ],
  ['when', /^(date|day|when|due|schedule|datetime|deadline|expires?|expiry)(_(date|time|at|on))?$/],
  ['as', /^(role|roles|permissions?|access|access_level|privileges?|scopes?|visibility|plan|status|state)$/],
  [
    'amount',
    /^(?!.*_(id|ids|number)$)(.*_)?(amount|total|price|sum|fee|budget|quantity|qty|rows|records|count|credits|seats|replicas|limit|value)$/,
  ],
  ['title', /^(.*_)?(subject|title|headline|topic|summary|filename|file_name|display_name)$/],
  [
    'to',
    new RegExp(
      `^(to|send_to|share_with|with|recipient_list|(to|recipient|customer|user|contact|invitee|member|payee|beneficiary|attendee|team|group|channel|account_holder|share|invite|new|assignee|reviewer|account|bank)?_?(${PEOPLE}))(_(name|names|ids?|emails?|address|addresses|handles?|list|account))?$`,
    ),
  ],
  [
    'to',
    /^(to|recipient|payee|beneficiary|destination|target|receiver)(_(account|address|iban|number|name|user))?(_(id|number))?$/,
  ],
  ['title', /^(.*_)?(name|label|version|tag|slug)$/],
  ['command', /^(.*_)?(command|commands|command_line|cmd|sql|query|statement|script|expression)$/],
  [
    'text',
    /^(body|text|content|contents|message|description|html|markdown|note|notes|comment|reason|details?|caption|prompt)$/,
  ],
  [
    'id',
    /^(.*_)?(ids?|uuid|key|ref|reference|path|paths|file|files|url|urls|uri|link|number|sku|isbn|code|identifier|handle|hash|branch|commit|ticket|issue|page|record|document|resource|item|items|table|database)$/,
  ],
];

/** What a parameter of this name is; null: its name does not say. */
export function roleOf(name: string): Role | null {
  const words = wordsOf(name).join('_');
  return PATTERNS.find(([, pattern]) => pattern.test(words))?.[0] ?? null;
}
