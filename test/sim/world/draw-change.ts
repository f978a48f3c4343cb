import type { Random } from '../kernel/random.ts';
import { CHART_KEY, GIT_KEY } from './secrets.ts';

/** Names of configurations that rollouts and clusters share. */
export const NAMES = ['app', 'infra', 'edge'] as const;

type Json = Record<string, unknown>;

/** One configuration that is applied. */
export function drawPlainChange(random: Random): Json {
  return { configurations: [applied(random, random.chance(0.85) ? 'app' : 'infra')] };
}

/**
 * The change of one rollout: mostly one configuration that is applied, else several actions of every kind. What stands in it is
 * drawn by `revision`, so that another rollout of the same revision finds some clusters as desired already.
 */
export function drawChange(random: Random): Json {
  if (random.chance(0.4)) return { configurations: [applied(random, random.chance(0.75) ? 'app' : 'infra')] };
  const removesExtension = random.chance(0.15);
  const names = [...NAMES].filter(() => random.chance(0.5));
  const configurations = names.map((name) => drawConfiguration(random, name, removesExtension));
  const extension = removesExtension ? removedExtension(random) : random.chance(0.5) ? ensured(random) : undefined;
  const fluxV1 = random.chance(0.25) || (extension === undefined && names.length === 0) ? 'remove' : 'keep';
  return { fluxV1, ...(extension && { extension }), configurations };
}

function drawConfiguration(random: Random, name: string, removesOnly: boolean): Json {
  if (removesOnly || random.chance(0.2)) return { action: 'remove', name, force: random.chance(0.2) };
  const roll = random.unit();
  if (roll < 0.55) return applied(random, name);
  if (roll < 0.8) return edited(random, name);
  return { action: random.pick(['suspend', 'resume']), name };
}

/** Another namespace than what clusters have already can only be had by a replacement. */
function applied(random: Random, name: string): Json {
  const isPinned = random.chance(0.85);
  const moves = random.chance(0.12);
  const commit = random.hex(40);
  const hasKey = random.chance(0.2);
  return {
    name,
    namespace: moves ? 'other-system' : 'flux-system',
    replace: moves ? random.chance(0.8) : random.chance(0.1),
    suspend: random.chance(0.08),
    sourceKind: 'GitRepository',
    gitRepository: {
      url: 'https://git.example/fleet',
      repositoryRef: { branch: 'main', ...(isPinned && { commit }) },
      ...(hasKey && { httpsUser: 'fleet' }),
    },
    kustomizations: { apps: { path: random.pick(['./apps', './apps-2']) }, base: { path: './base', dependsOn: [] } },
    ...(hasKey && { configurationProtectedSettings: { httpsKey: GIT_KEY } }),
  };
}

function edited(random: Random, name: string): Json {
  const path = `./edited-${random.int(1, 3)}`;
  return {
    action: 'edit',
    name,
    kustomizations: {
      ...(random.chance(0.8) && { apps: { path } }),
      ...(random.chance(0.3) ? { extra: null } : { extra: { path: './extra', prune: true } }),
    },
  };
}

function ensured(random: Random): Json {
  if (random.chance(0.25)) return { action: 'ensure' };
  return {
    action: 'ensure',
    configurationSettings: { 'image-automation-controller.enabled': random.chance(0.5) },
    ...(random.chance(0.25) && { version: random.pick(['1.23.0', '1.24.1']) }),
    ...(random.chance(0.25) && { configurationProtectedSettings: { 'chart.key': CHART_KEY } }),
    repair: random.pick(['none', 'rewrite', 'recreate']),
  };
}

function removedExtension(random: Random): Json {
  return { action: 'remove', force: random.chance(0.2), evenWithConfigurations: random.chance(0.5) };
}
