import { describe, expect, it } from 'vitest';
import { blockersOf, firstTen, groupFindings, type Finding } from '../../../src/core/plan/finding.ts';

const found = (code: string, severity: Finding['severity'], clusterId?: string): Finding => ({
  code,
  severity,
  detail: `${code} on ${clusterId ?? 'the plan'}`,
  ...(clusterId !== undefined && { clusterId }),
});

describe('findings', () => {
  const findings = [
    found('Offline', 'warn', '/A'),
    found('Missing', 'block', '/A'),
    found('FluxV1', 'block', '/a'),
    found('Missing', 'block', '/B'),
    found('Missing', 'block', '/B'),
    found('Unchecked', 'warn'),
    found('Missing', 'warn', '/C'),
  ];

  it('that block are kept by cluster, ids without case', () => {
    const blockers = blockersOf(findings);
    expect([...blockers.keys()]).toEqual(['/a', '/b']);
    expect(blockers.get('/a')?.map(({ code }) => code)).toEqual(['Missing', 'FluxV1']);
  });

  it('are grouped by code and severity, with what blocks first and every cluster once', () => {
    expect(groupFindings(findings)).toEqual([
      { code: 'Missing', severity: 'block', detail: 'Missing on /A', clusterIds: ['/A', '/B'] },
      { code: 'FluxV1', severity: 'block', detail: 'FluxV1 on /a', clusterIds: ['/a'] },
      { code: 'Offline', severity: 'warn', detail: 'Offline on /A', clusterIds: ['/A'] },
      { code: 'Unchecked', severity: 'warn', detail: 'Unchecked on the plan', clusterIds: [] },
      { code: 'Missing', severity: 'warn', detail: 'Missing on /C', clusterIds: ['/C'] },
    ]);
  });

  it.each([
    [0, ''],
    [1, 'c0'],
    [10, 'c0, c1, c2, c3, c4, c5, c6, c7, c8, c9'],
    [12, 'c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, and 2 more'],
  ])('name %i clusters as %j', (count, text) => {
    expect(firstTen(Array.from({ length: count }, (_, n) => `c${n}`))).toBe(text);
  });
});
