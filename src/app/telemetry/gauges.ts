import type { Attributes, Gauge } from '../../ports/telemetry.ts';

type Values = Gauge['values'];

/** One value for each entry, under the entry's name as this attribute. */
export function valuesBy(attribute: string, counts: Readonly<Record<string, number>>): Values {
  return Object.entries(counts).map(([name, value]) => ({ attributes: { [attribute]: name }, value }));
}

/** A single value; none when there is none to tell. */
export function only(value: number | undefined, attributes: Attributes = {}): Values {
  return value === undefined ? [] : [{ attributes, value }];
}

/** Gauges of the same name as one with the values of all; a gauge without values is left out. */
export function mergeGauges(gauges: readonly Gauge[]): readonly Gauge[] {
  const byName = Map.groupBy(gauges, ({ name }) => name);
  return [...byName.values()].flatMap((same) => {
    const values = same.flatMap((gauge) => gauge.values);
    const [first] = same;
    return first === undefined || values.length === 0 ? [] : [{ ...first, values }];
  });
}
