// The people (by mail address or id) and groups that a policy asks by name. A member who gets such a name may decide, so a
// change that gives one lets a person approve (policy.md "Changing policy, people and keys").
import type { Policy } from './model.ts';

/** `user:dana@example.com`, `group:finance`, … as rules, escalations, routes and repository rights name them. */
export function namedSources({ rules, routing, repositories }: Policy): ReadonlySet<string> {
  const names = [
    ...rules.flatMap(({ approvals, escalate }) => [
      ...approvals.flatMap(({ from }) => from),
      ...escalate.flatMap(({ to }) => to),
    ]),
    ...routing.flatMap(({ to }) => to),
    ...repositories.flatMap(({ groups }) => groups),
  ];
  return new Set(names.filter((name) => /^(user|group):/.test(name)));
}
