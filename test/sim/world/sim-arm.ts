import { ARM_REQUEST_SECONDS } from '../../../src/contracts/timing.ts';
import { EXTENSION_SUBJECT, FLUX_V1_SUBJECT } from '../../../src/core/change/actions.ts';
import type { MemoryArm } from '../../../src/adapters/memory/arm.ts';
import type { Arm, ArmFault, ArmJson, ArmResult } from '../../../src/ports/arm.ts';
import type { Invocation } from '../kernel/invocation.ts';
import { call, type CallSite } from '../kernel/port.ts';
import type { ArmWrite, ArmWriteMethod } from './facts.ts';

/** What the journal of writes needs to know. */
export interface ArmJournal {
  issued(write: ArmWrite): void;
  landed(write: ArmWrite): void;
  throttled(clusterId: string, retryAfterMs: number, isWrite: boolean): void;
  epoch(clusterId: string, subject: string): number | undefined;
}

const NO_ERRORS = { error: () => new Error('unreachable: ARM answers with values') };
/** Subjects of what is not a configuration. */
const SUBJECTS: Readonly<Partial<Record<ArmWrite['kind'], string>>> = {
  extension: EXTENSION_SUBJECT,
  fluxV1: FLUX_V1_SUBJECT,
};
const DEADLINE_MS = ARM_REQUEST_SECONDS * 1000;

/**
 * ARM with faults. Answers are values, so the faults are too: refused before the effect, lost answers after it, and writes
 * that land at any moment before the caller's deadline although the caller only sees the deadline pass (or is dead).
 */
export function simArm(site: CallSite, invocation: Invocation, inner: MemoryArm, journal: ArmJournal): Arm {
  const { kernel, faults } = site;

  function disturbance(clusterId: string, kind: 'reads' | 'writes', key: string): ArmFault | undefined {
    if (faults.fires('armThrottled', key)) {
      const retryAfterMs = 1000 * Math.ceil(1 + faults.unit('retryAfter', key) * 300);
      return { kind: 'throttled', retryAfterMs: inner.bucket(clusterId, kind).block(kernel.now(), retryAfterMs) };
    }
    if (kind === 'writes' && faults.fires('armConflict', key)) {
      return { kind: 'conflict', code: 'Conflict', detail: 'Another operation is in progress.' };
    }
    if (faults.fires('armUnavailable', key)) {
      return { kind: 'unavailable', code: 'InternalServerError', detail: 'Encountered internal server error.' };
    }
    return undefined;
  }

  function read<T>(name: string, clusterId: string, effect: () => Promise<ArmResult<T>>): Promise<ArmResult<T>> {
    const key = `${invocation.id}/${invocation.calls}/arm`;
    return call(site, invocation, name, NO_ERRORS, async () => {
      const fault = disturbance(clusterId, 'reads', key);
      const answer: ArmResult<T> = fault === undefined ? await effect() : { ok: false, fault };
      if (!answer.ok && answer.fault.kind === 'throttled')
        journal.throttled(clusterId, answer.fault.retryAfterMs, false);
      return answer;
    });
  }

  async function land<T>(write: ArmWrite, key: string, effect: () => Promise<ArmResult<T>>): Promise<ArmResult<T>> {
    const fault = disturbance(write.clusterId, 'writes', key);
    const answer: ArmResult<T> = fault === undefined ? await effect() : { ok: false, fault };
    write.landedAt = kernel.now();
    write.answer = answer.ok ? 'accepted' : answer.fault.kind;
    journal.landed(write);
    if (!answer.ok && answer.fault.kind === 'throttled')
      journal.throttled(write.clusterId, answer.fault.retryAfterMs, true);
    if (answer.ok && faults.fires('armUnavailableAfter', key)) {
      return { ok: false, fault: { kind: 'unavailable', code: 'BadGateway', detail: 'The gateway lost the answer.' } };
    }
    return answer;
  }

  function write<T>(
    method: ArmWriteMethod,
    about: Pick<ArmWrite, 'kind' | 'clusterId' | 'name' | 'body'>,
    send: (body: ArmJson) => Promise<ArmResult<T>>,
  ): Promise<ArmResult<T>> {
    const { clusterId, name } = about;
    const subject = SUBJECTS[about.kind] ?? name;
    const key = `${invocation.id}/${invocation.calls}/arm`;
    const body = frozen(about.body);
    const effect = (): Promise<ArmResult<T>> => send(body);
    const record: ArmWrite = {
      ...about,
      ...{ invocation, method, subject, issuedAt: kernel.now(), epoch: journal.epoch(clusterId, subject) },
      ...{ landedAt: undefined, answer: undefined, told: undefined },
    };
    const told = (answer: ArmResult<T>): ArmResult<T> => {
      record.told = answer.ok ? 'accepted' : answer.fault.kind;
      return answer;
    };
    if (invocation.alive) journal.issued(record);
    const port = `arm.${method}`;
    const lost = faults.fires('armTimeoutLost', key);
    if (!lost && !faults.fires('armTimeoutLanded', key)) {
      return call(site, invocation, port, NO_ERRORS, () => land(record, key, effect)).then(told);
    }
    if (!lost && invocation.alive) {
      kernel.after(
        faults.unit('landing', key) * DEADLINE_MS,
        () => void land(record, key, effect),
        `late landing ${name}`,
      );
    }
    const gaveUp: ArmFault = { kind: 'timedOut', detail: `No answer in ${ARM_REQUEST_SECONDS} seconds.` };
    return call(site, invocation, port, NO_ERRORS, () =>
      deadline<ArmResult<T>>(kernel.after.bind(kernel), { ok: false, fault: gaveUp }),
    ).then(told);
  }

  return {
    getConfiguration: (clusterId, name) =>
      read('arm.getConfiguration', clusterId, () => inner.getConfiguration(clusterId, name)),
    listConfigurations: (clusterId) =>
      read('arm.listConfigurations', clusterId, () => inner.listConfigurations(clusterId)),
    putConfiguration: (clusterId, name, body) =>
      write('putConfiguration', { kind: 'configuration', clusterId, name, body }, (sent) =>
        inner.putConfiguration(clusterId, name, sent),
      ),
    patchConfiguration: (clusterId, name, body) =>
      write('patchConfiguration', { kind: 'configuration', clusterId, name, body }, (sent) =>
        inner.patchConfiguration(clusterId, name, sent),
      ),
    deleteConfiguration: (clusterId, name, force) =>
      write('deleteConfiguration', { kind: 'configuration', clusterId, name, body: { force } }, () =>
        inner.deleteConfiguration(clusterId, name, force),
      ),
    findFluxExtension: (clusterId) =>
      read('arm.findFluxExtension', clusterId, () => inner.findFluxExtension(clusterId)),
    putExtension: (clusterId, name, body) =>
      write('putExtension', { kind: 'extension', clusterId, name, body }, (sent) =>
        inner.putExtension(clusterId, name, sent),
      ),
    patchExtension: (clusterId, name, body) =>
      write('patchExtension', { kind: 'extension', clusterId, name, body }, (sent) =>
        inner.patchExtension(clusterId, name, sent),
      ),
    deleteExtension: (clusterId, name, force) =>
      write('deleteExtension', { kind: 'extension', clusterId, name, body: { force } }, () =>
        inner.deleteExtension(clusterId, name, force),
      ),
    listFluxV1: (clusterId) => read('arm.listFluxV1', clusterId, () => inner.listFluxV1(clusterId)),
    deleteFluxV1: (clusterId, name) =>
      write('deleteFluxV1', { kind: 'fluxV1', clusterId, name, body: {} }, () => inner.deleteFluxV1(clusterId, name)),
    getProvider: (subscriptionId, namespace) =>
      read('arm.getProvider', subscriptionId, () => inner.getProvider(subscriptionId, namespace)),
  };
}

/** The body as it would be on the wire: later changes by the sender do not reach the service. */
function frozen(body: ArmJson): ArmJson {
  return structuredClone(body);
}

function deadline<T>(after: (ms: number, task: () => void) => void, value: T): Promise<T> {
  return new Promise((resolve) => {
    after(DEADLINE_MS, () => {
      resolve(value);
    });
  });
}
