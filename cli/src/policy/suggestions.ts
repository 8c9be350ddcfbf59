// `assentry policy suggest`: what people always approved, as patterns that could be trusted. Nothing applies itself.
import { printable } from '../../../core/display.ts';
import type { NotSuggested, Suggestion } from '../../../core/policy/suggest.ts';
import type { Context } from '../context.ts';

interface Answer {
  considered: number;
  complete: boolean;
  data: Suggestion[];
  not_suggested: NotSuggested[];
}

/** Prints each with the entry that would go into the policy. */
export async function suggestPatterns({ client, out, signal }: Context, last: number, json: boolean): Promise<void> {
  const answer = await client().call<Answer>('GET', `/v1/policy/suggestions?limit=${last}`, undefined, { signal });
  if (json) return out.json(answer);
  if (!answer.complete)
    out.say('Time was up before all requests were looked at: nothing is suggested. Ask with --last.');
  else if (answer.data.length === 0) out.say(`${answer.considered} requests suggest nothing.`);
  for (const line of answer.data.flatMap(linesOf)) out.data(printable(line));
  for (const one of answer.not_suggested) out.say(printable(reasonOf(one)));
}

const linesOf = (suggestion: Suggestion): string[] => {
  const { action, actor, resources, rule, approved, people, simulation, bounds, yaml } = suggestion;
  return [
    `# ${action} on ${resources.join(', ')} by ${actor}: asked by ${rule ?? 'the default'}, approved ${approved} of ${approved} times by ${people} people.`,
    '# It lets through, without a person, these values in any combination:',
    ...bounds.map((bound) => `#   ${bound}`),
    `# As a trusted pattern it would have let ${simulation.would_let_through} of them through, none of which was rejected.`,
    ...yaml.trimEnd().split('\n'),
    '',
  ];
};

const reasonOf = ({ action, actor, kind, approved, people, reason }: NotSuggested): string =>
  `${action} on ${kind}:… by ${actor}: approved ${approved} of ${approved} times by ${people} people, and nothing is suggested. ${reason}`;
