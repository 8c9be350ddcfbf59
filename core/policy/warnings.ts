// What a policy may say and probably does not mean. Warnings never stop a publication; the page and the CLI show them.

import { unguarded } from '../condition/guards.ts';
import { conditionOf } from '../condition.ts';
import type { Policy } from './model.ts';
import type { Document } from './schema.ts';
import type { Path } from './source.ts';

export interface Warning {
  path: Path;
  detail: string;
}

/** All warnings, in the order of the document. */
export function warningsAbout(written: Document, policy: Policy): Warning[] {
  return [...aboutDefaults(written, policy), ...aboutRules(written), ...aboutConditions(written)];
}

function aboutDefaults(written: Document, policy: Policy): Warning[] {
  if (policy.defaults.verdict !== 'allow') return [];
  const path = written.unlisted
    ? ['unlisted']
    : written.approval?.unlisted
      ? ['approval', 'unlisted']
      : ['defaults', 'verdict'];
  return [{ path, detail: 'Everything that no rule names is allowed without a person.' }];
}

function aboutRules(written: Document): Warning[] {
  const all = written.rules.map((rule, index) => ({ ...rule, path: ['rules', index] }));
  const catching = all.findIndex(({ match, when, verdict }) => !when && verdict !== 'deny' && isEmpty(match));
  const shadowed = catching < 0 ? [] : all.slice(catching + 1).filter(({ verdict }) => verdict !== 'deny');
  return [
    ...all
      .filter(({ verdict, match, when }) => verdict === 'allow' && !when && isEmpty(match))
      .map(({ path }) => ({ path, detail: 'This rule allows everything.' })),
    ...shadowed.map(({ path, id }) => ({
      path,
      detail: `"${id}" is never reached: "${all[catching]!.id}" matches everything.`,
    })),
    ...all
      .filter(
        ({ verify, risk }) =>
          verify === 'oidc' && (risk === 'high' || risk === 'critical') && written.risk[risk].verify !== 'oidc',
      )
      .map(({ path, risk }) => ({
        path: [...path, 'verify'],
        detail: `At ${risk} risk a passkey is asked for all the same, unless \`risk.${risk}.verify: oidc\` says otherwise.`,
      })),
  ];
}

const isEmpty = ({ action, resource, actor, metadata }: Document['rules'][number]['match']) =>
  !action && !resource && !actor && Object.keys(metadata).length === 0;

function aboutConditions(written: Document): Warning[] {
  const conditions = [
    ...written.rules.map(({ when }, index) => ({ when, path: ['rules', index, 'when'] })),
    ...written.trusted.map(({ when }, index) => ({ when, path: ['trusted', index, 'when'] })),
    ...(written.approval?.tools ?? []).map(({ when, action }, index) => ({
      when,
      path: ['approval', 'tools', index, action],
    })),
  ];
  return conditions.flatMap(({ when, path }) => {
    const compiled = when === null ? null : conditionOf(when);
    if (!compiled || 'problems' in compiled) return [];
    return unguarded(compiled.condition.parsed).map((detail) => ({ path, detail }));
  });
}
