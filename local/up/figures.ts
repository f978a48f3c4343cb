import type { LocalCloud } from './cloud.ts';

/** What a local cloud was asked so far: the figures that a quota or a bill would be about. */
export function describeFigures({ azure, broker }: Pick<LocalCloud, 'azure' | 'broker'>): string {
  const { byOperation, byStatus, throttled, graphThrottled, conflicts } = azure.metrics;
  const sum = (matches: (operation: string) => boolean): number =>
    Object.entries(byOperation).reduce((total, [operation, n]) => (matches(operation) ? total + n : total), 0);
  const isGraph = (operation: string): boolean => operation.endsWith(' graph');
  const queues = Object.values(broker.metrics());
  const messages = (count: 'sends' | 'receives' | 'completes'): number =>
    queues.reduce((total, queue) => total + queue[count], 0);
  return [
    `ARM writes ${sum((operation) => !operation.startsWith('GET ') && !isGraph(operation))}`,
    `ARM reads ${sum((operation) => operation.startsWith('GET '))}`,
    `429 answers ${byStatus['429'] ?? 0} (own fault: ${throttled + graphThrottled})`,
    `409 answers ${conflicts}`,
    `Resource Graph queries ${sum(isGraph)}`,
    `Service Bus: ${messages('sends')} sent, ${messages('receives')} received, ${messages('completes')} completed`,
  ].join('\n');
}
