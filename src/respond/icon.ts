/** Shapes in a square of 40 px, filled; what lies in two of them is cut out. */
const shapes = {
  person: 'M20 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16zM4 36c2-9 8-13 16-13s14 4 16 13z',
  clock: 'M20 4a16 16 0 1 1 0 32a16 16 0 1 1 0-32zM18.5 10h3v9.2l6 3.6l-1.6 2.6l-7.4-4.4z',
  shield: 'M20 3l14 6v9c0 9-6 15-14 19c-8-4-14-10-14-19v-9zM18 26l-6-6l2.4-2.4l3.6 3.6l8-8l2.4 2.4z',
  lock: 'M8 18h24v18h-24zM12 18v-5a8 8 0 0 1 16 0v5h-3.5v-5a4.5 4.5 0 0 0-9 0v5zM18.5 24h3v6h-3z',
  warning: 'M20 4l17 31h-34zM18.5 15h3v10h-3zM18.5 28h3v3h-3z',
} as const;

export type Icon = keyof typeof shapes;

/** What a glance tells: wait, ask for approval, access is closed, something is broken. All others are about signing in. */
const situations: Readonly<Record<Exclude<Icon, 'person'>, readonly string[]>> = {
  clock: ['network-problem', 'service-busy', 'service-unavailable', 'waiting-for-sign-in'],
  shield: ['admin-approval-needed', 'admin-approval-not-granted', 'consent-declined', 'consent-needed'],
  lock: [
    ...['account-disabled', 'account-locked', 'app-disabled', 'approved-app-required', 'blocked-by-policy'],
    ...['blocked-by-risk', 'device-not-compliant', 'license-missing', 'not-assigned-to-app', 'organization-blocked'],
    'permission-denied',
  ],
  warning: [
    ...['app-misconfigured', 'app-not-in-organization', 'identity-provider-problem', 'secret-expired'],
    ...['too-many-sign-ins', 'unknown-problem'],
  ],
};

const bySituation: ReadonlyMap<string, Icon> = new Map(
  Object.entries(situations).flatMap(([icon, ids]) => ids.map((id) => [id, icon as Icon])),
);

/** The small drawing above the title. Decoration only: the title says everything, and no screen reader meets it. */
export function iconOf(situation: string): Icon {
  return bySituation.get(situation) ?? 'person';
}

/** Drawn by the stylesheet: no element, no image, nothing to load, and the colour of links. */
export const iconStyles = [
  'main::before{content:"";display:block;width:40px;height:40px;margin:.25rem 0 .75rem;background:var(--link)}',
  ...Object.entries(shapes).map(([icon, path]) => `.${icon}::before{clip-path:path(evenodd,"${path}")}`),
  // A browser that cannot cut would show a square.
  '@supports not (clip-path:path("M0 0")){main::before{display:none}}',
].join('\n');
